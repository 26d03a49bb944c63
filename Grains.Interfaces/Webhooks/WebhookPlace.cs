using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Ingestion.Status;

namespace Ingestion.Webhooks;

/// <summary>
/// A place among the events of a webhook that is pulled. Clients see <c>epoch:sequence~lost</c> and take it as opaque; a cursor of a journal is none.
/// </summary>
/// <param name="At">The queue of the webhook, and the sequence of the last event that was read.</param>
/// <param name="Lost">How many events were lost by then, and reported.</param>
[GenerateSerializer, Immutable, Alias("ingestion.webhook-place")]
public readonly record struct WebhookPlace([property: Id(0)] Cursor At, [property: Id(1)] long Lost)
{
    private const char Separator = '~';

    /// <summary><c>epoch:sequence~lost</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{At}{Separator}{Lost}");

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out WebhookPlace place)
    {
        place = default;
        var at = text?.IndexOf(Separator, StringComparison.Ordinal) ?? -1;
        if (at < 0 || !Cursor.TryParse(text![..at], out var cursor)
            || !long.TryParse(text.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var lost))
            return false;
        place = new WebhookPlace(cursor, lost);
        return true;
    }
}
