using System.Diagnostics.Metrics;
using Ingestion.Videos;

namespace Ingestion.Silo.Worker;

/// <summary>What operators ask about processing. Names and units: docs/metrics.md.</summary>
internal sealed class WorkerMetrics
{
    private readonly Counter<long> _finished;
    private readonly Counter<long> _retried;
    private readonly Counter<long> _deadLettered;
    private readonly Histogram<double> _seconds;

    public WorkerMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("Ingestion");
        _finished = meter.CreateCounter<long>("videos_processed_total", "{video}", "Videos brought to an end, by result.");
        _retried = meter.CreateCounter<long>("job_retries_total", "{job}", "Attempts that broke and will be made again.");
        _deadLettered = meter.CreateCounter<long>("jobs_dead_lettered_total", "{job}", "Jobs given up.");
        _seconds = meter.CreateHistogram<double>("video_processing_seconds", "s", "Time from claim to result.");
        QueueSize = meter.CreateGauge<long>("queue_size", "{job}", "Jobs waiting or in flight.");
    }

    /// <summary>Set by the worker as it polls.</summary>
    public Gauge<long> QueueSize { get; }

    public void Finished(ProcessingResult result, TimeSpan elapsed)
    {
        _finished.Add(1, new KeyValuePair<string, object?>("result", result.Error is null ? "ready" : "failed"));
        _seconds.Record(elapsed.TotalSeconds);
    }

    public void Retried() => _retried.Add(1);

    public void DeadLettered() => _deadLettered.Add(1);
}
