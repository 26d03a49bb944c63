using System.Diagnostics.Metrics;

namespace Ingestion.Backends.JobQueue.Watch;

/// <summary>Whether jobs can be queued and taken. Name and unit: docs/operate/metrics.md.</summary>
internal sealed class JobQueueMetrics
{
    private readonly TimeProvider _time;
    private long _since;

    public JobQueueMetrics(IMeterFactory meters, TimeProvider time)
    {
        _time = time;
        var meter = meters.Create("Ingestion");
        meter.CreateObservableGauge("ingestion.job.queue.outage.age", AgeSeconds, "s", "For how long the job queue can't be used; 0 while it can.");
    }

    public void OutageBegan() => Volatile.Write(ref _since, _time.GetTimestamp());

    public void OutageEnded() => Volatile.Write(ref _since, 0);

    private double AgeSeconds() => Volatile.Read(ref _since) is var since and not 0 ? _time.GetElapsedTime(since).TotalSeconds : 0;
}
