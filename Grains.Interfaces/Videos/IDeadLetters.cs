namespace Ingestion.Videos;

/// <summary>A job that is delivered no more, or a message that is no job, kept for an operator.</summary>
/// <param name="Id">Names it; only letters, digits and dashes.</param>
/// <param name="Job">The job; null when the message is none.</param>
/// <param name="Body">Of a message that is no job: how it begins. Null otherwise.</param>
/// <param name="Attempts">Deliveries it had; null when that is not known.</param>
/// <param name="Reason">Why it is here; null when that is not known.</param>
/// <param name="At">Since when; null when that is not known.</param>
/// <param name="Receipt">What the queue wants back of it; opaque.</param>
public sealed record DeadLetter(string Id, VideoJob? Job, string? Body, int? Attempts, string? Reason, DateTimeOffset? At, string Receipt)
{
    /// <summary>Another service made the job, or this one with another state.</summary>
    public bool IsForeign { get; init; }

    /// <summary>Characters of <see cref="Body"/>.</summary>
    public const int LongestBody = 1024;
}

/// <summary>
/// The dead letters of the queue that this silo uses. What is taken is held for half a minute: another caller does not see it meanwhile where the
/// queue can hide it.
/// </summary>
public interface IDeadLetters
{
    /// <summary>How many there are, as far as the queue knows.</summary>
    /// <exception cref="JobQueueUnavailableException">The queue can't be reached.</exception>
    Task<long> CountAsync(CancellationToken cancellationToken);

    /// <summary>Takes at most <paramref name="max"/> of them (1–1000), the oldest first where the queue has an order.</summary>
    /// <exception cref="JobQueueUnavailableException">The queue can't be reached.</exception>
    Task<IReadOnlyList<DeadLetter>> TakeAsync(int max, CancellationToken cancellationToken);

    /// <summary>Takes the one with this id; null when it is gone, is held by another caller, or lies behind more than 1000 others.</summary>
    /// <exception cref="JobQueueUnavailableException">The queue can't be reached.</exception>
    Task<DeadLetter?> TakeAsync(string id, CancellationToken cancellationToken);

    /// <summary>Gives back what was taken and stays. Never fails: what can't be given back comes back by itself.</summary>
    Task ReturnAsync(IReadOnlyList<DeadLetter> letters, CancellationToken cancellationToken);

    /// <summary>Removes a letter for good.</summary>
    /// <exception cref="JobQueueUnavailableException">The queue can't be reached.</exception>
    Task RemoveAsync(DeadLetter letter, CancellationToken cancellationToken);
}
