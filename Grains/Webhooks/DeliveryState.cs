using Ingestion.Status;
using Ingestion.Webhooks;

namespace Ingestion.Grains.Webhooks;

/// <summary>
/// What has become of the events that are held for one webhook (<see cref="HeldQueue"/>). Immutable, and small however many events wait: those
/// are known by their place in the queue.
/// </summary>
internal sealed record DeliveryState
{
    /// <summary>Up to where the journal was taken in; null: up to the webhook's start. Of a webhook for many users: of the journal that came last.</summary>
    public Cursor? Cursor { get; init; }

    /// <summary>All events up to here are through: delivered, given up or missed.</summary>
    public long Floor { get; init; }

    /// <summary>Places above it that are through, ascending.</summary>
    public IReadOnlyList<long> Done { get; init; } = [];

    /// <summary>Events that have failed and will be retried.</summary>
    public IReadOnlyList<DeliveryRetry> Retries { get; init; } = [];

    /// <summary>Dead letters up to this place were sent again.</summary>
    public long DeadFloor { get; init; }

    /// <summary>Since when there were failures only; null: the last attempt went well.</summary>
    public DateTimeOffset? FailingSince { get; init; }

    /// <summary>Events that were lost, see <see cref="DeliveryGap"/>.</summary>
    public long Missed { get; init; }

    /// <summary>What to report of them to the receiver; null: nothing.</summary>
    public DeliveryGap? Gap { get; init; }

    /// <summary>The last attempts, oldest first.</summary>
    public IReadOnlyList<DeliveryAttempt> Log { get; init; } = [];

    /// <summary>Waiting events of a state from before there was a queue; they move there when it is read.</summary>
    public IReadOnlyList<PendingDelivery> Pending { get; init; } = [];

    /// <summary>Given-up events of such a state.</summary>
    public IReadOnlyList<PendingDelivery> DeadLetters { get; init; } = [];
}

/// <summary>An event that is held for a webhook until it is through.</summary>
/// <param name="Cursor">Its place in its owner's journal.</param>
/// <param name="Event">The event.</param>
/// <param name="Owner">Whose journal that is; null: that of the user whose webhook it is.</param>
internal sealed record HeldEvent(Cursor Cursor, StatusEvent Event, string? Owner = null)
{
    /// <summary>With what stays of it once its video is removed; itself where that changes nothing.</summary>
    public HeldEvent Forget(string videoId) => Event.Forget(videoId) is var bare && ReferenceEquals(bare, Event) ? this : this with { Event = bare };
}

/// <summary>An event that has failed.</summary>
/// <param name="Sequence">Its place in the queue.</param>
/// <param name="Attempts">Failed attempts so far.</param>
/// <param name="Due">Not again before then.</param>
internal sealed record DeliveryRetry(long Sequence, int Attempts, DateTimeOffset Due);

/// <summary>Lost events, as reported to the receiver. Events lost before the report is sent are added.</summary>
/// <param name="Count">How many.</param>
/// <param name="Sequence">The place of the last one in the queue, or of what came before it where it never had one.</param>
/// <param name="From">The first one; null when they are of more than one journal.</param>
/// <param name="To">The last one; null likewise.</param>
/// <param name="Owner">Whose journal that is, where the webhook is for many users.</param>
/// <param name="At">When the last one was lost.</param>
/// <param name="Attempts">Failed attempts so far.</param>
/// <param name="Due">Not before then.</param>
internal sealed record DeliveryGap(long Count, long Sequence, Cursor? From, Cursor? To, string? Owner, DateTimeOffset At, int Attempts, DateTimeOffset Due);

/// <summary>An event that waits, as it was stored before there was a queue.</summary>
/// <param name="Cursor">Its place in the journal.</param>
/// <param name="Event">The event.</param>
/// <param name="Attempts">Failed attempts so far.</param>
/// <param name="Due">Not before then.</param>
internal sealed record PendingDelivery(
    Cursor Cursor,
    StatusEvent Event,
    int Attempts,
    DateTimeOffset Due);
