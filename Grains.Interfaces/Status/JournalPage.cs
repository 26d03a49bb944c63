namespace Ingestion.Status;

/// <summary>Some entries of a journal.</summary>
/// <param name="IsLost">The cursor is of a journal that is lost; the entries are those of the one that there is now, from its beginning.</param>
/// <param name="End">The journal's end.</param>
/// <param name="Entries">Oldest first. The first one may be further on than asked for: only so many are kept.</param>
[GenerateSerializer, Immutable, Alias("ingestion.journal-page")]
public sealed record JournalPage(
    [property: Id(0)] bool IsLost,
    [property: Id(1)] Cursor End,
    [property: Id(2)] IReadOnlyList<JournalEntry> Entries)
{
    /// <summary>Whether a reader that is at <paramref name="cursor"/> can go on with it: nothing is missing in between.</summary>
    public bool Follows(Cursor cursor) => !IsLost && (Entries is not [{ } first, ..] || first.Offset == cursor.Offset + 1);
}
