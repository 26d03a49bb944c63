namespace Ingestion.Videos;

/// <summary>A job in the hands of one worker, invisible to the others until its visibility ends.</summary>
/// <param name="Job">The order.</param>
/// <param name="Receipt">What the queue wants back to extend, complete or abandon this delivery; opaque.</param>
/// <param name="Attempt">
/// 1 on the first delivery; counts across restarts. A queue may count deliveries that no worker began, so it chooses delays and shows nothing about
/// how often the work was tried: the claim's epoch does.
/// </param>
public sealed record ReceivedJob(VideoJob Job, string Receipt, int Attempt)
{
    /// <summary>When the job was enqueued; null where the queue does not know. For metrics.</summary>
    public DateTimeOffset? EnqueuedAt { get; init; }
}

/// <summary>
/// The queue between the edge and the workers. Delivery is at least once; owners are served in turn, and no other order is promised. A job is
/// claimed from its video grain before any work is done, so that a duplicate does nothing. A job that <see cref="EnqueueAsync"/> has returned for
/// survives a crash.
/// </summary>
public interface IJobQueue
{
    /// <summary>Stores one job durably. Throws when the queue can't take it; the caller keeps the job in its outbox.</summary>
    Task EnqueueAsync(VideoJob job, CancellationToken cancellationToken);

    /// <summary>Waits up to the queue's poll time for at most <paramref name="max"/> jobs (1–10); empty when none came.</summary>
    Task<IReadOnlyList<ReceivedJob>> ReceiveAsync(int max, TimeSpan visibility, CancellationToken cancellationToken);

    /// <summary>Prolongs this delivery: the job stays invisible for <paramref name="visibility"/> from now.</summary>
    Task ExtendAsync(ReceivedJob job, TimeSpan visibility, CancellationToken cancellationToken);

    /// <summary>Removes the job for good. Completing it twice does nothing.</summary>
    Task CompleteAsync(ReceivedJob job, CancellationToken cancellationToken);

    /// <summary>Gives the job back, to be delivered again after <paramref name="delay"/>.</summary>
    Task AbandonAsync(ReceivedJob job, TimeSpan delay, CancellationToken cancellationToken);

    /// <summary>Moves the job to the dead letters, where it is kept for an operator and delivered no more.</summary>
    Task DeadLetterAsync(ReceivedJob job, string reason, CancellationToken cancellationToken);

    /// <summary>Jobs waiting or in flight, as far as the queue knows; for metrics.</summary>
    Task<long> CountAsync(CancellationToken cancellationToken);

    /// <summary>When the oldest job waiting or in flight was enqueued; null where there is none or the queue does not know. For metrics.</summary>
    Task<DateTimeOffset?> OldestAsync(CancellationToken cancellationToken);

    /// <summary>How many jobs there are and where, with at most <paramref name="max"/> of the oldest; for operators.</summary>
    Task<JobFigures> ReadFiguresAsync(int max, CancellationToken cancellationToken);
}
