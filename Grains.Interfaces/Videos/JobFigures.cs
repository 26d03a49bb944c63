namespace Ingestion.Videos;

/// <summary>The jobs of a queue, as far as the queue knows.</summary>
/// <param name="Queue"><c>file</c> or <c>sqs</c>.</param>
/// <param name="Waiting">Jobs that a worker may take now.</param>
/// <param name="Delayed">Jobs that wait for their next attempt; null where the queue counts them with those in flight.</param>
/// <param name="InFlight">Jobs in the hands of workers.</param>
/// <param name="OldestAt">When the oldest of all these was enqueued; null where there is none, or the queue does not know.</param>
/// <param name="Oldest">The oldest ones, the oldest first; null where the queue shows a job only by delivering it.</param>
public sealed record JobFigures(string Queue, long Waiting, long? Delayed, long InFlight, DateTimeOffset? OldestAt, IReadOnlyList<ListedJob>? Oldest);

/// <summary>A job in a list.</summary>
/// <param name="Job">The order.</param>
/// <param name="State">Where it is.</param>
/// <param name="Attempts">Deliveries so far.</param>
/// <param name="EnqueuedAt">When it came.</param>
/// <param name="NextAt">Of a delayed one: when it is delivered again.</param>
public sealed record ListedJob(VideoJob Job, JobPlace State, int Attempts, DateTimeOffset EnqueuedAt, DateTimeOffset? NextAt);

/// <summary>Where a job is.</summary>
public enum JobPlace : byte
{
    /// <summary>A worker may take it now.</summary>
    Waiting = 0,

    /// <summary>It waits for its next attempt.</summary>
    Delayed = 1,

    /// <summary>In the hands of a worker.</summary>
    InFlight = 2,
}
