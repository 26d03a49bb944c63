using Ingestion.Videos;

namespace Ingestion.Backends.JobQueue.Files;

/// <summary>A job as the ledger handed it out.</summary>
/// <param name="Id">Its number in this queue.</param>
/// <param name="Job">The order.</param>
/// <param name="Attempt">Deliveries so far, this one included.</param>
/// <param name="Returned">The delivery before this one ran out of time.</param>
/// <param name="EnqueuedAt">When it came.</param>
internal readonly record struct TakenJob(long Id, VideoJob Job, int Attempt, bool Returned, DateTimeOffset EnqueuedAt);

/// <summary>
/// The jobs of one queue in memory: hidden ones ordered by when they may be delivered, the others in lines of their owners. No I/O, no clock, no
/// locks. Times are counted from the opening of the queue on a clock that never steps back.
/// </summary>
internal sealed class JobLedger
{
    // A wall clock that was set wrong must not hide a job for years: no queue delays longer.
    private static readonly TimeSpan _longestDelay = TimeSpan.FromHours(12);

    private readonly Dictionary<long, Entry> _jobs = [];

    // Each job is in one of the two.
    private readonly SortedSet<Entry> _hidden = new(ByTime);
    private readonly ReadyJobs<Entry> _ready = new(ByTime);

    // In order of arrival. What is gone leaves when it is first in line, so that the oldest job is found without a search.
    private readonly Queue<Entry> _arrivals = new();
    private long _lastId;

    /// <summary>Jobs waiting, delayed or in flight.</summary>
    public int Count => _jobs.Count;

    private static IComparer<Entry> ByTime { get; } = Comparer<Entry>.Create((a, b) => (a.VisibleAt, a.Id).CompareTo((b.VisibleAt, b.Id)));

    /// <summary>When the next hidden job may be delivered; called when <see cref="Take"/> has returned nothing, so none is due earlier.</summary>
    public TimeSpan? NextVisible => _hidden.Min?.VisibleAt;

    /// <summary>When the oldest job was enqueued.</summary>
    public DateTimeOffset? OldestAt => _arrivals.TryPeek(out var oldest) ? oldest.EnqueuedAt : null;

    /// <summary>How many jobs are where, and the oldest <paramref name="max"/>.</summary>
    public JobFigures Figures(string queue, TimeSpan now, int max)
    {
        var places = _jobs.Values.CountBy(entry => entry.PlaceAt(now)).ToDictionary();
        long In(JobPlace place) => places.GetValueOrDefault(place);
        var oldest = _arrivals.Where(entry => _jobs.ContainsKey(entry.Id)).Take(max)
            .Select(entry => (Entry: entry, Place: entry.PlaceAt(now)))
            .Select(found => new ListedJob(found.Entry.Job, found.Place, found.Entry.Attempt, found.Entry.EnqueuedAt,
                found.Place is JobPlace.Delayed ? found.Entry.DelayedUntil : null));
        return new JobFigures(queue, In(JobPlace.Waiting), In(JobPlace.Delayed), In(JobPlace.InFlight), OldestAt, [.. oldest]);
    }

    /// <summary>A number for a new job, never used before.</summary>
    public long NextId() => ++_lastId;

    /// <summary>Applies a record of the journal that was found at start. Records of jobs that are gone do nothing.</summary>
    public void Replay(JournalRecord record, DateTimeOffset now)
    {
        _lastId = Math.Max(_lastId, record.Id);
        if (record is { Op: JournalOp.Put, Job: { } job })
            Add(record.Id, job, TimeSpan.Zero, record.At ?? now);
        if (record.Op is JournalOp.Done or JournalOp.Dead)
            Remove(record.Id);
        if (record.Op is not (JournalOp.Put or JournalOp.Try or JournalOp.Delay) || !_jobs.TryGetValue(record.Id, out var entry))
            return;
        entry.Attempt = Math.Max(entry.Attempt, record.Attempt);
        entry.DelayedUntil = record.Until;
        var delay = (record.Until ?? now) - now;
        Move(entry, delay < TimeSpan.Zero ? TimeSpan.Zero : delay > _longestDelay ? _longestDelay : delay);
    }

    /// <summary>All that a new journal needs to hold.</summary>
    public List<JournalRecord> Snapshot()
    {
        var records = new List<JournalRecord>(_jobs.Count + 1) { new(JournalOp.Open, _lastId, Version: JournalRecord.CurrentVersion) };
        foreach (var entry in _jobs.Values)
            records.Add(new JournalRecord(JournalOp.Put, entry.Id, entry.Job, entry.Attempt, entry.DelayedUntil, At: entry.EnqueuedAt));
        return records;
    }

    public void Add(long id, VideoJob job, TimeSpan now, DateTimeOffset enqueuedAt)
    {
        var entry = _jobs[id] = new Entry(id, job, enqueuedAt) { VisibleAt = now };
        _arrivals.Enqueue(entry);
        _hidden.Add(entry);
    }

    public void Remove(long id)
    {
        if (_jobs.Remove(id, out var entry))
            Unlist(entry);
        while (_arrivals.TryPeek(out var first) && !_jobs.ContainsKey(first.Id))
            _arrivals.Dequeue();
    }

    /// <summary>Hands out jobs that may be delivered now, one of each owner in turn, and hides them for <paramref name="visibility"/>.</summary>
    public List<TakenJob> Take(TimeSpan now, int max, TimeSpan visibility)
    {
        while (_hidden.Min is { } due && due.VisibleAt <= now)
        {
            _hidden.Remove(due);
            _ready.Add(due.Job.Owner, due);
        }

        var taken = new List<TakenJob>();
        while (taken.Count < max && _ready.Count > 0)
        {
            var entry = _ready.Next();
            taken.Add(new TakenJob(entry.Id, entry.Job, ++entry.Attempt, Returned: entry.Held, entry.EnqueuedAt));
            (entry.Held, entry.DelayedUntil) = (true, null);
            Move(entry, now + visibility);
        }

        return taken;
    }

    /// <summary>The job when this delivery is its newest and was not given back. A delivery that timed out but was not repeated still counts.</summary>
    public VideoJob? Find(long id, int attempt) => Held(id, attempt)?.Job;

    /// <summary>Hides the delivery until a time. False when it is stale.</summary>
    public bool Extend(long id, int attempt, TimeSpan until)
    {
        if (Held(id, attempt) is not { } entry)
            return false;
        Move(entry, until);
        return true;
    }

    /// <summary>Takes the delivery back, to be made again at a time. False when it is stale.</summary>
    public bool Return(long id, int attempt, TimeSpan at, DateTimeOffset? delayedUntil)
    {
        if (Held(id, attempt) is not { } entry)
            return false;
        (entry.Held, entry.DelayedUntil) = (false, delayedUntil);
        Move(entry, at);
        return true;
    }

    private Entry? Held(long id, int attempt) =>
        _jobs.TryGetValue(id, out var entry) && entry.Held && entry.Attempt == attempt ? entry : null;

    private void Move(Entry entry, TimeSpan visibleAt)
    {
        Unlist(entry);
        entry.VisibleAt = visibleAt;
        _hidden.Add(entry);
    }

    private void Unlist(Entry entry)
    {
        if (!_hidden.Remove(entry))
            _ready.Remove(entry.Job.Owner, entry);
    }

    private sealed class Entry(long id, VideoJob job, DateTimeOffset enqueuedAt)
    {
        public long Id { get; } = id;

        public VideoJob Job { get; } = job;

        public DateTimeOffset EnqueuedAt { get; } = enqueuedAt;

        public int Attempt { get; set; }

        public TimeSpan VisibleAt { get; set; }

        public bool Held { get; set; }

        public DateTimeOffset? DelayedUntil { get; set; }

        /// <summary>One whose delivery has run out of time waits again.</summary>
        public JobPlace PlaceAt(TimeSpan now) => VisibleAt <= now ? JobPlace.Waiting : Held ? JobPlace.InFlight : JobPlace.Delayed;
    }
}
