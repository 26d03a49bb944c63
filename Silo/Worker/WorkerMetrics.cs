using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Ingestion.Videos;

namespace Ingestion.Silo.Worker;

/// <summary>Metrics of processing. Names and units: docs/operate/metrics.md.</summary>
internal sealed class WorkerMetrics
{
    // A probe of a short clip takes a tenth of a second, the work on a long video hours.
    private static readonly InstrumentAdvice<double> _buckets =
        new() { HistogramBucketBoundaries = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 7200] };

    private readonly ConcurrentDictionary<string, DateTimeOffset> _inHand = new(StringComparer.Ordinal);
    private readonly TimeProvider _time;
    private readonly Gauge<long> _pending;
    private readonly Counter<long> _retried;
    private readonly Counter<long> _deadLettered;
    private readonly Counter<long> _foreign;
    private readonly Counter<long> _changed;
    private readonly Histogram<double> _wait;
    private readonly Histogram<double> _duration;
    private long _oldestInQueue = long.MaxValue;

    public WorkerMetrics(IMeterFactory meters, TimeProvider time)
    {
        _time = time;
        var meter = meters.Create("Ingestion");
        _pending = meter.CreateGauge<long>("ingestion.job.backlog", "{job}", "Jobs waiting or in flight.");
        meter.CreateObservableGauge("ingestion.job.oldest.age", OldestAgeSeconds, "s", "Age of the oldest job waiting or in flight; 0 without jobs.");
        _wait = meter.CreateHistogram("ingestion.job.wait.duration", "s", "From the enqueueing of a job to its first delivery.", tags: null, _buckets);
        _duration = meter.CreateHistogram("ingestion.job.duration", "s", "From the claim of a video to its result, by outcome.", tags: null, _buckets);
        _retried = meter.CreateCounter<long>("ingestion.job.retried", "{job}", "Attempts that failed and will be repeated.");
        _deadLettered = meter.CreateCounter<long>("ingestion.job.dead_lettered", "{job}", "Jobs moved to the dead letters.");
        _foreign = meter.CreateCounter<long>("ingestion.job.foreign", "{delivery}", "Deliveries of jobs that another service made.");
        _changed = meter.CreateCounter<long>("ingestion.source.changed", "{source}", "Sources whose stored bytes are not those of an earlier processing.");
    }

    /// <param name="pending">Jobs waiting or in flight.</param>
    /// <param name="oldest">When the oldest of them was enqueued; null where the queue does not know, or is empty.</param>
    public void QueueRead(long pending, DateTimeOffset? oldest)
    {
        _pending.Record(pending);
        Volatile.Write(ref _oldestInQueue, oldest?.UtcTicks ?? long.MaxValue);
    }

    public void Received(ReceivedJob job)
    {
        if (job.EnqueuedAt is not { } at)
            return;
        _inHand[job.Receipt] = at;
        if (job.Attempt == 1)
            _wait.Record(Math.Max(0, (_time.GetUtcNow() - at).TotalSeconds));
    }

    /// <summary>The job was completed or given back.</summary>
    public void Released(ReceivedJob job) => _inHand.TryRemove(job.Receipt, out _);

    public void Finished(ProcessingResult result, TimeSpan elapsed) =>
        _duration.Record(elapsed.TotalSeconds, new KeyValuePair<string, object?>("ingestion.job.outcome", result.Error is null ? "ready" : "failed"));

    public void Retried() => _retried.Add(1);

    public void DeadLettered() => _deadLettered.Add(1);

    public void Foreign() => _foreign.Add(1);

    public void SourceChanged() => _changed.Add(1);

    private double OldestAgeSeconds()
    {
        var oldest = Volatile.Read(ref _oldestInQueue);
        foreach (var (_, at) in _inHand)
            oldest = Math.Min(oldest, at.UtcTicks);
        return oldest == long.MaxValue ? 0 : Math.Max(0, TimeSpan.FromTicks(_time.GetUtcNow().UtcTicks - oldest).TotalSeconds);
    }
}
