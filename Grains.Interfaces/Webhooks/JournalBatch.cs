using Ingestion.Status;

namespace Ingestion.Webhooks;

/// <summary>Entries of one user's journal, handed over to webhooks.</summary>
/// <param name="Owner">The user.</param>
/// <param name="UpTo">The place up to which the journal is handed over with it; entries between that are not for these webhooks are left out.</param>
/// <param name="Entries">In order; may be none.</param>
/// <param name="Missed">Entries that had left the journal before they could be handed over.</param>
[GenerateSerializer, Immutable, Alias("ingestion.journal-batch")]
public sealed record JournalBatch(
    [property: Id(0)] string Owner,
    [property: Id(1)] Cursor UpTo,
    [property: Id(2)] IReadOnlyList<JournalEntry> Entries,
    [property: Id(3)] MissedEntries? Missed = null);

/// <summary>A run of entries that a journal has no more.</summary>
/// <param name="From">The first one.</param>
/// <param name="To">The last one.</param>
[GenerateSerializer, Immutable, Alias("ingestion.missed-entries")]
public sealed record MissedEntries([property: Id(0)] Cursor From, [property: Id(1)] Cursor To)
{
    /// <summary>How many those are.</summary>
    public long Count => To.Offset - From.Offset + 1;
}
