using Ingestion.Calls;
using Ingestion.Webhooks;
using Orleans.CodeGeneration;
using Orleans.Concurrency;

namespace Ingestion.Status;

/// <summary>
/// The events of one user: the journal of state changes and the sockets to push them to. Key: the user id.
/// A publish returns once the events are in the journal; from then on every subscriber gets them, at once or by replay. Progress comes by the
/// stream <see cref="WireNames.ProgressStreams"/> and is pushed without being journalled.
/// </summary>
[Alias("ingestion.status"), GrainInterfaceType("ingestion.status"), Version(1)]
public interface IStatusGrain : IGrainWithStringKey
{
    /// <summary>
    /// Appends state changes to the journal, in order, and pushes them. With <paramref name="redelivery"/> an event whose id is already
    /// there is not appended again.
    /// </summary>
    [Alias("publish")]
    Task PublishAsync(IReadOnlyList<StatusEvent> events, bool redelivery);

    /// <summary>
    /// Registers a socket's observer and returns where its stream starts, in one turn: no event falls between the answer and the first push. With
    /// <paramref name="videos"/> only events of these are in the answer, and only they count for how long a replay may be; pushes have all events.
    /// </summary>
    [Alias("subscribe")]
    Task<Subscription> SubscribeAsync(IStatusObserver observer, Cursor? since, IReadOnlyList<string>? videos = null);

    /// <summary>
    /// Counts a socket, or an event stream, among the user's. False when there are <paramref name="most"/> (0: no limit) of its kind, guests or
    /// not, in the whole cluster already; those of a dead silo do not count. A registered one changes its kind by joining again.
    /// </summary>
    [Alias("join")]
    Task<bool> JoinAsync(IStatusObserver observer, SocketHealth health, int most);

    /// <summary>
    /// Counts a guest's socket. False when there are <paramref name="mostOfShare"/> of its link or <paramref name="mostOfAll"/> of all links (0: no
    /// limit) in the whole cluster already.
    /// </summary>
    [Alias("join-guest")]
    Task<bool> JoinGuestAsync(IStatusObserver observer, SocketHealth health, int mostOfShare, int mostOfAll);

    /// <summary>Asks whether the grain knows the observer as it is, and prolongs its lease if it has one. The answer is the journal's end; a socket that is behind it has missed a push and subscribes again.</summary>
    [Alias("renew")]
    Task<Renewal> RenewAsync(IStatusObserver observer, SocketHealth? health = null);

    /// <summary>Removes the observer; unknown ones are harmless.</summary>
    [Alias("unsubscribe")]
    Task UnsubscribeAsync(IStatusObserver observer);

    /// <summary>
    /// At most <paramref name="limit"/> entries after <paramref name="after"/>, oldest first. Of a lost journal's cursor: the first ones there are.
    /// </summary>
    [Alias("read"), Repeatable]
    Task<JournalPage> ReadAsync(Cursor after, int limit);

    /// <summary>
    /// A socket of the user acknowledges events. Returns once that is stored, if the user has a webhook that waits for acknowledgements; for all
    /// others it is kept in memory only.
    /// </summary>
    [Alias("acknowledge-events")]
    Task AcknowledgeAsync(Acknowledgement acknowledgement);

    /// <summary>Whether a socket of the user has acknowledged the event at <paramref name="cursor"/>.</summary>
    [Alias("is-acknowledged")]
    Task<bool> IsAcknowledgedAsync(Cursor cursor);

    /// <summary>What the user's webhooks need; sent by <see cref="IWebhookGrain"/> whenever that changes.</summary>
    [Alias("webhooks-need")]
    Task WebhooksNeedAsync(WebhookNeeds needs);

    /// <summary>Goes on with a hand-over of entries to webhooks that a crash interrupted.</summary>
    /// <returns>When to check again; null when everything is handed over.</returns>
    [Alias("check-handover")]
    Task<DateTimeOffset?> CheckHandoverAsync();

    /// <summary>The user's sockets as they are. Of a silo that does not answer: as they were.</summary>
    [Alias("list-sockets")]
    Task<IReadOnlyList<SocketHealth>> ListSocketsAsync();

    /// <summary>
    /// Of the places that the grain knows in <paramref name="silo"/> only these <paramref name="ids"/> are there. Places that joined within
    /// <see cref="ObserverLease.Period"/> stay: they may be newer than the list.
    /// </summary>
    [Alias("keep-places")]
    Task KeepPlacesAsync(SiloAddress silo, IReadOnlyList<string> ids);

    /// <summary>
    /// A video is removed: of its events id, type, time and place stay, in the journal and in what is stored for the user's webhooks. May be repeated.
    /// Webhooks that can be reached get the events as they were.
    /// </summary>
    [Alias("forget-video")]
    Task ForgetVideoAsync(string videoId);

    /// <summary>The user is erased: the journal goes as a whole. Sockets that are open stay, and find another epoch when something comes.</summary>
    /// <returns>False when there was none.</returns>
    [Alias("erase")]
    Task<bool> EraseAsync();

    /// <summary>Whether the journal still has an event of each of these videos: then they are, or were, the user's.</summary>
    [Alias("knows"), ReadOnly]
    Task<bool> KnowsAsync(IReadOnlyList<string> videoIds);
}
