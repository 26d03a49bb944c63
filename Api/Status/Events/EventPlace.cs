using System.Globalization;
using Ingestion.Status;

namespace Ingestion.Api.Status.Events;

/// <summary>
/// Where a client comes back from: a place in the journal and, for one that listens to broadcasts too, among these: <c>k7:184~12</c>.
/// Streams and polls give it as one text, as an EventSource holds no more than one; every transport takes it.
/// </summary>
/// <param name="Cursor">In the journal.</param>
/// <param name="Broadcasts">The number of the newest broadcast; null: it has not listened to any.</param>
internal readonly record struct EventPlace(Cursor Cursor, long? Broadcasts)
{
    private const char Separator = '~';

    public override string ToString() => Broadcasts is { } number
        ? string.Create(CultureInfo.InvariantCulture, $"{Cursor}{Separator}{number}")
        : Cursor.ToString();

    public static bool TryParse(string? text, out EventPlace place)
    {
        place = default;
        var at = text?.IndexOf(Separator, StringComparison.Ordinal) ?? -1;
        long? broadcasts = null;
        if (at >= 0)
        {
            if (!long.TryParse(text.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                return false;
            (text, broadcasts) = (text![..at], number);
        }

        if (!Cursor.TryParse(text, out var cursor))
            return false;
        place = new EventPlace(cursor, broadcasts);
        return true;
    }
}
