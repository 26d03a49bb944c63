using Ingestion.Webhooks;
using Orleans.Concurrency;

namespace Ingestion.Status;

/// <summary>
/// What one user is told: the journal of state changes and the sockets to push them to. Key: the user id.
/// A publish returns once the events are in the journal; from then on every subscriber gets them, at once or by replay. Progress comes by the
/// stream <see cref="WireNames.ProgressStreams"/> and is pushed without being journalled.
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

    /// <summary>
    /// Registers a socket's observer and says where its stream starts, in one turn: no event falls between the answer and the first push.
    /// </summary>
    [Alias("subscribe")]
    Task<Subscription> SubscribeAsync(IStatusObserver observer, Cursor? since);

    /// <summary>
    /// Counts a socket, or an event stream, among the user's. False when there are <paramref name="most"/> (0: no limit) of its kind, guests or
    /// not, in the whole cluster already; those that have not renewed for <see cref="ObserverLease.Time"/> do not count. One that is there changes
    /// its kind by joining again.
    /// </summary>
    [Alias("join")]
    Task<bool> JoinAsync(IStatusObserver observer, SocketHealth health, int most);

    /// <summary>Prolongs the observer's lease. The answer is the journal's end; a socket that is behind it has missed a push and subscribes again.</summary>
    [Alias("renew")]
    Task<Renewal> RenewAsync(IStatusObserver observer, SocketHealth? health = null);

    /// <summary>Removes the observer; unknown ones are harmless.</summary>
    [Alias("unsubscribe")]
    Task UnsubscribeAsync(IStatusObserver observer);

    /// <summary>At most <paramref name="limit"/> entries after <paramref name="after"/>, oldest first. Of a lost journal's cursor: the first ones there are.</summary>
    [Alias("read")]
    Task<JournalPage> ReadAsync(Cursor after, int limit);

    /// <summary>
    /// A socket of the user has said what has arrived. Returns once that is stored, if the user has a webhook that waits for acknowledgements;
    /// for all others it is kept in memory only.
    /// </summary>
    [Alias("acknowledge-events")]
    Task AcknowledgeAsync(Acknowledgement acknowledgement);

    /// <summary>Whether a socket of the user has acknowledged the event at <paramref name="cursor"/>.</summary>
    [Alias("is-acknowledged")]
    Task<bool> IsAcknowledgedAsync(Cursor cursor);

    /// <summary>What the user's webhooks need; said by <see cref="IWebhookGrain"/> whenever that changes.</summary>
    [Alias("webhooks-need")]
    Task WebhooksNeedAsync(WebhookNeeds needs);

    /// <summary>The user's sockets as they were at their last renewal, 10 s ago at most.</summary>
    [Alias("list-sockets")]
    Task<IReadOnlyList<SocketHealth>> ListSocketsAsync();

    /// <summary>Whether the journal still has an event of each of these videos: then they are, or were, the user's.</summary>
    [Alias("knows"), ReadOnly]
    Task<bool> KnowsAsync(IReadOnlyList<string> videoIds);
}

/// <summary>A socket, or whoever else listens, as its user's grain sees it.</summary>
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

/// <summary>What a client has said to have got.</summary>
/// <param name="Cursor">The place that it acknowledged.</param>
/// <param name="Events">
/// Offsets up to there of the terminal events that it was told, as it listens to some videos only; null when it was told all there is up to there.
/// </param>
[GenerateSerializer, Immutable, Alias("ingestion.acknowledgement")]
public sealed record Acknowledgement([property: Id(0)] Cursor Cursor, [property: Id(1)] IReadOnlyList<long>? Events = null);

/// <summary>Answer to a renewal.</summary>
/// <param name="Cursor">The journal's end.</param>
/// <param name="Known">False when the grain did not know the socket (a new activation): join again.</param>
/// <param name="IsSubscribed">False when nothing is pushed to it: a socket that wants the journal subscribes again from its last cursor.</param>
[GenerateSerializer, Immutable, Alias("ingestion.renewal")]
public sealed record Renewal([property: Id(0)] Cursor Cursor, [property: Id(1)] bool Known, [property: Id(2)] bool IsSubscribed);

/// <summary>How a socket is.</summary>
/// <param name="Id">Its id, as its hello says it.</param>
/// <param name="Silo">The silo that holds it.</param>
/// <param name="ConnectedAt">Since when.</param>
/// <param name="HeardAt">When its client last sent anything; null: never.</param>
/// <param name="Acknowledged">The newest place its client has acknowledged; null: none.</param>
/// <param name="Critical">Frames that wait in the lane of critical ones.</param>
/// <param name="States">Events that wait in the lane of states.</param>
/// <param name="Progress">Videos whose progress waits.</param>
/// <param name="Dropped">Progress events that were superseded before they were sent.</param>
/// <param name="IsGuest">It is not the user's own: it came with a token for one shared video. Guests have a limit of their own.</param>
[GenerateSerializer, Immutable, Alias("ingestion.socket-health")]
public sealed record SocketHealth(
    [property: Id(0)] string Id,
    [property: Id(1)] string Silo,
    [property: Id(2)] DateTimeOffset ConnectedAt,
    [property: Id(3)] DateTimeOffset? HeardAt,
    [property: Id(4)] Cursor? Acknowledged,
    [property: Id(5)] int Critical,
    [property: Id(6)] int States,
    [property: Id(7)] int Progress,
    [property: Id(8)] long Dropped,
    [property: Id(9)] bool IsGuest = false);

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
