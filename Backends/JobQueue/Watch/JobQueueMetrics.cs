using System.Diagnostics.Metrics;

namespace Ingestion.Backends.JobQueue.Watch;

/// <summary>Whether jobs can be queued and taken, and how old they are when they come. Names and units: docs/operate/metrics.md.</summary>
internal sealed class JobQueueMetrics
{
    private readonly TimeProvider _time;
    private readonly MinuteMaximum _receivedAge;
    private long _since;

    public JobQueueMetrics(IMeterFactory meters, TimeProvider time)
    {
        (_time, _receivedAge) = (time, new MinuteMaximum(time));
        var meter = meters.Create("Ingestion");
        meter.CreateObservableGauge("ingestion.job.queue.outage.age", AgeSeconds, "s", "For how long the job queue can't be used; 0 while it can.");
        meter.CreateObservableGauge("ingestion.job.received.age", _receivedAge.Read, "s",
            "Age of the oldest job that came from the queue in the last minute; 0 when none came.");
    }

    public void OutageBegan() => Volatile.Write(ref _since, _time.GetTimestamp());

    public void OutageEnded() => Volatile.Write(ref _since, 0);

    /// <summary>A job has come from the queue, whether it is delivered to a worker or put back.</summary>
    public void Received(DateTimeOffset enqueuedAt) => _receivedAge.Add(Math.Max(0, (_time.GetUtcNow() - enqueuedAt).TotalSeconds));

    private double AgeSeconds() => Volatile.Read(ref _since) is var since and not 0 ? _time.GetElapsedTime(since).TotalSeconds : 0;
}
