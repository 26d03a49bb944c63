namespace Ingestion.Status;

/// <summary>Some entries of a journal.</summary>
/// <param name="IsLost">The cursor is of a journal that is lost; the entries are of the present journal, from its beginning.</param>
/// <param name="End">The journal's end.</param>
/// <param name="Entries">Oldest first. The first one may be later than requested: only so many are kept.</param>
[GenerateSerializer, Immutable, Alias("ingestion.journal-page")]
public sealed record JournalPage(
    [property: Id(0)] bool IsLost,
    [property: Id(1)] Cursor End,
    [property: Id(2)] IReadOnlyList<JournalEntry> Entries)
{
    /// <summary>Whether a reader that is at <paramref name="cursor"/> can continue with it: nothing is missing in between.</summary>
    public bool Follows(Cursor cursor) => !IsLost && (Entries is not [{ } first, ..] || first.Offset == cursor.Offset + 1);
}
