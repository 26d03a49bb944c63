using Orleans.Concurrency;

namespace Ingestion.Status;

/// <summary>
/// What one user is told: the journal of state changes and the sockets to push them to. Key: the user id.
/// A publish returns once the events are in the journal; from then on every subscriber gets them, at once or by replay.
/// </summary>
[Alias("ingestion.status")]
public interface IStatusGrain : IGrainWithStringKey
{
    /// <summary>
    /// Appends state changes to the journal, in order, and pushes them. With <paramref name="redelivery"/> an event whose id is already
    /// there is not appended again.
    /// </summary>
    [Alias("publish")]
    Task PublishAsync(IReadOnlyList<StatusEvent> events, bool redelivery);

    /// <summary>Pushes without journalling: progress, and what may be lost.</summary>
    [Alias("notify"), OneWay]
    Task NotifyAsync(StatusEvent progress);

    /// <summary>
    /// Registers a socket's observer and says where its stream starts, in one turn: no event falls between the answer and the first push.
    /// </summary>
    [Alias("subscribe")]
    Task<Subscription> SubscribeAsync(IStatusObserver observer, Cursor? since);

    /// <summary>Prolongs the observer's lease. The answer is the journal's end; a socket that is behind it has missed a push and subscribes again.</summary>
    [Alias("renew")]
    Task<Renewal> RenewAsync(IStatusObserver observer);

    /// <summary>Removes the observer; unknown ones are harmless.</summary>
    [Alias("unsubscribe")]
    Task UnsubscribeAsync(IStatusObserver observer);

    /// <summary>At most <paramref name="limit"/> entries after <paramref name="after"/>, oldest first. Of a lost journal's cursor: the first ones there are.</summary>
    [Alias("read")]
    Task<JournalPage> ReadAsync(Cursor after, int limit);

    /// <summary>A socket of the user has said that everything up to there has arrived. Not stored: a new activation knows of none.</summary>
    [Alias("acknowledge")]
    Task AcknowledgeAsync(Cursor cursor);

    /// <summary>The furthest that any socket of the user has acknowledged; null when none has.</summary>
    [Alias("get-acknowledged")]
    Task<Cursor?> GetAcknowledgedAsync();

    /// <summary>Whether the user has webhooks that want to be woken; said by <see cref="Ingestion.Webhooks.IWebhookGrain"/> whenever that changes.</summary>
    [Alias("webhooks-changed")]
    Task WebhooksChangedAsync(bool any);
}

/// <summary>A socket, as its user's grain sees it.</summary>
[Alias("ingestion.status-observer")]
public interface IStatusObserver : IGrainObserver
{
    /// <summary>New journal entries, in order, each exactly as it is stored. May come twice after a failure: drop offsets already seen.</summary>
    [Alias("on-entries"), OneWay]
    Task OnEntriesAsync(string epoch, IReadOnlyList<JournalEntry> entries);

    /// <summary>Progress; may be lost, may be superseded.</summary>
    [Alias("on-progress"), OneWay]
    Task OnProgressAsync(StatusEvent progress);
}

/// <summary>How a subscription starts.</summary>
public enum SubscriptionMode : byte
{
    /// <summary>Every entry after the given cursor follows.</summary>
    Replay = 0,

    /// <summary>No cursor was given, or too much has happened since: the latest state of each video follows.</summary>
    Snapshot = 1,

    /// <summary>The cursor is of a journal that is lost: forget it; the latest state of each video follows.</summary>
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

/// <summary>Answer to a renewal.</summary>
/// <param name="Cursor">The journal's end.</param>
/// <param name="Known">False when the grain did not know the observer (a new activation): subscribe again from the last cursor.</param>
[GenerateSerializer, Immutable, Alias("ingestion.renewal")]
public sealed record Renewal([property: Id(0)] Cursor Cursor, [property: Id(1)] bool Known);

/// <summary>Some entries of a journal.</summary>
/// <param name="IsLost">The cursor is of a journal that is lost; the entries are those of the one that there is now, from its beginning.</param>
/// <param name="End">The journal's end.</param>
/// <param name="Entries">Oldest first. The first one may be further on than asked for: only so many are kept.</param>
[GenerateSerializer, Immutable, Alias("ingestion.journal-page")]
public sealed record JournalPage(
    [property: Id(0)] bool IsLost,
    [property: Id(1)] Cursor End,
    [property: Id(2)] IReadOnlyList<JournalEntry> Entries);
