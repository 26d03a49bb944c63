namespace Ingestion.Silo.Worker;

/// <summary>What becomes of a job that another service made: its own workers get it back, and an operator gets what they do not take. Pure.</summary>
internal static class ForeignJobRules
{
    private static readonly TimeSpan _shortest = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan _longest = TimeSpan.FromMinutes(15);

    /// <summary>Before a queue forgets a message, which SQS does after four days by default, and longer than a service is ever down for maintenance.</summary>
    private static readonly TimeSpan _untilDeadLetter = TimeSpan.FromDays(1);

    // Of the delay in the age: a job that waits for a stopped service comes by less and less often.
    private const double Growth = 0.1;

    /// <summary>How long it is hidden from all workers when it is put back; null when it becomes a dead letter.</summary>
    /// <param name="age">Since it was enqueued; null where the queue does not know.</param>
    /// <param name="attempt">Deliveries so far.</param>
    /// <param name="maxAttempts">Deliveries that it has in any case.</param>
    public static TimeSpan? PutBackFor(TimeSpan? age, int attempt, int maxAttempts) => age switch
    {
        null => _longest,
        { } old when old >= _untilDeadLetter && attempt > maxAttempts => null,
        { } young => TimeSpan.FromTicks(Math.Clamp((long)(young.Ticks * Growth), _shortest.Ticks, _longest.Ticks)),
    };
}
