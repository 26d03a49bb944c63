using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Ingestion.Status;

/// <summary>
/// A place in one user's journal: the epoch names the journal (a lost one gets a new epoch), the offset counts its events.
/// Clients see <c>epoch:offset</c> and take it as opaque.
/// </summary>
[GenerateSerializer, Immutable, Alias("ingestion.cursor")]
public readonly record struct Cursor([property: Id(0)] string Epoch, [property: Id(1)] long Offset)
{
    /// <summary>Epoch of a journal in which nothing was ever written. Nothing can have been missed from it.</summary>
    public const string EmptyEpoch = "0";

    private const int LongestText = 64;

    /// <summary><c>epoch:offset</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Epoch}:{Offset}");

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Cursor cursor)
    {
        cursor = default;
        if (text is null || text.Length > LongestText)
            return false;
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0 || !long.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var offset))
            return false;
        cursor = new Cursor(text[..colon], offset);
        return true;
    }
}
