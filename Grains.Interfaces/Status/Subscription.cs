namespace Ingestion.Status;

/// <summary>How a subscription starts.</summary>
public enum SubscriptionMode : byte
{
    /// <summary>Every entry after the given cursor follows.</summary>
    Replay = 0,

    /// <summary>No cursor was given, or too much has happened since: the latest state of each video follows.</summary>
    Snapshot = 1,

    /// <summary>The cursor is of a journal that is lost, or what came after it is not kept any more: the latest state of each video that is follows.</summary>
    Reset = 2,
}

/// <summary>Start of a subscription.</summary>
/// <param name="Mode">How it starts.</param>
/// <param name="Cursor">The journal's end at that moment; pushes follow from here.</param>
/// <param name="Entries">Replay: all entries after the given cursor. Otherwise: the latest entry of each video, oldest first.</param>
[GenerateSerializer, Immutable, Alias("ingestion.subscription")]
public sealed record Subscription(
    [property: Id(0)] SubscriptionMode Mode,
    [property: Id(1)] Cursor Cursor,
    [property: Id(2)] IReadOnlyList<JournalEntry> Entries);
