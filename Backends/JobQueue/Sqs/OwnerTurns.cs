using Ingestion.Videos;

namespace Ingestion.Backends.JobQueue.Sqs;

/// <summary>A job that was received and waits here for its owner's turn.</summary>
/// <param name="Job">The delivery.</param>
/// <param name="Until">When it must have been delivered or given back.</param>
/// <param name="HiddenUntil">When the queue delivers it again.</param>
internal sealed record SeenJob(ReceivedJob Job, TimeSpan Until, TimeSpan HiddenUntil);

/// <summary>
/// Whose job is next, for a queue that knows no owners: of the few jobs that were seen, the one whose owner was served longest ago. No I/O, no clock;
/// not for several threads.
/// </summary>
internal sealed class OwnerTurns
{
    /// <summary>
    /// Jobs kept here at most. Other silos can't see them, so there are few; and enough to keep the workers of this one busy until the jobs that were put
    /// back are there again.
    /// </summary>
    public const int Size = 10;

    // Of the visibility: what is left of it must do for the delivery and its first heartbeat.
    private const double HoldShare = 0.6;

    // Turns after which an owner counts as not served.
    private const int Memory = 256;

    // A job that was put back must be there again when the last of those kept is taken: a little earlier.
    private const double Early = 0.7;

    // Also while the pace is not known: too short costs requests, too long leaves workers idle.
    private static readonly TimeSpan _shortestPutBack = TimeSpan.FromSeconds(1);

    // As long may a job be hidden from a silo that has nothing else to do.
    private static readonly TimeSpan _longestPutBack = TimeSpan.FromMinutes(1);

    private readonly List<SeenJob> _seen = [];
    private readonly Dictionary<string, long> _served = new(StringComparer.Ordinal);
    private readonly Queue<TimeSpan> _deliveries = new();
    private long _turn = Memory;

    public int Count => _seen.Count;

    /// <summary>Whether a job is here whose owner has not been served lately: looking for another one could not be fairer.</summary>
    public bool HasNewOwner => _seen.Exists(seen => LastTurn(seen) == 0);

    /// <param name="job">The delivery.</param>
    /// <param name="now">When it came.</param>
    /// <param name="visibility">For how long the queue hides it.</param>
    public void Add(ReceivedJob job, TimeSpan now, TimeSpan visibility) => _seen.Add(new SeenJob(job, now + (visibility * HoldShare), now + visibility));

    /// <summary>Takes the next job in turn; null when none is here.</summary>
    public SeenJob? Next(TimeSpan now)
    {
        if (_seen.Count == 0)
            return null;
        // The first one among equals: the queue gives them more or less in their order.
        var next = _seen.MinBy(LastTurn)!;
        _seen.Remove(next);
        Serve(next, now);
        return next;
    }

    /// <summary>Takes out the jobs whose time here is over.</summary>
    public List<ReceivedJob> RemoveExpired(TimeSpan now) => Remove([.. _seen.Where(seen => seen.Until <= now)]);

    /// <summary>Takes out what is more than <see cref="Size"/>: of the owner who has most, and of these of the one served last.</summary>
    public List<ReceivedJob> RemoveSurplus()
    {
        var surplus = new List<SeenJob>();
        while (_seen.Count - surplus.Count > Size)
        {
            var most = _seen.Except(surplus).GroupBy(Owner).MaxBy(line => (line.Count(), LastTurn(line.First())))!;
            surplus.Add(most.Last());
        }

        return Remove(surplus);
    }

    /// <summary>Takes out all.</summary>
    public List<ReceivedJob> RemoveAll() => Remove([.. _seen]);

    /// <summary>How long a job that is put back stays hidden: about until the ones kept here are taken, at the pace of the last deliveries.</summary>
    public TimeSpan PutBackFor()
    {
        if (_deliveries.Count < 2)
            return _shortestPutBack;
        var pace = (_deliveries.Last() - _deliveries.Peek()) / (_deliveries.Count - 1);
        return TimeSpan.FromTicks(Math.Clamp((long)(pace.Ticks * Size * Early), _shortestPutBack.Ticks, _longestPutBack.Ticks));
    }

    /// <summary>The queue was empty: the pace so far was that of the jobs and not that of the workers.</summary>
    public void ForgetPace() => _deliveries.Clear();

    private void Serve(SeenJob job, TimeSpan now)
    {
        _served[Owner(job)] = ++_turn;
        if (_served.Count > 2 * Memory)
        {
            foreach (var (owner, turn) in _served)
            {
                if (turn <= _turn - Memory)
                    _served.Remove(owner);
            }
        }

        _deliveries.Enqueue(now);
        if (_deliveries.Count > Size)
            _deliveries.Dequeue();
    }

    private List<ReceivedJob> Remove(List<SeenJob> jobs)
    {
        _seen.RemoveAll(jobs.Contains);
        return jobs.ConvertAll(seen => seen.Job);
    }

    /// <summary>0 for an owner that was not served lately.</summary>
    private long LastTurn(SeenJob job) => _served.TryGetValue(Owner(job), out var turn) && turn > _turn - Memory ? turn : 0;

    private static string Owner(SeenJob job) => job.Job.Job.Owner ?? "";
}
