using System.Diagnostics.Metrics;

namespace Ingestion.Backends.ObjectStore.S3;

/// <summary>What operators ask about the store. Names and units: docs/metrics.md.</summary>
internal sealed class S3Metrics
{
    private readonly Histogram<double> _requests;
    private readonly Counter<long> _retries;

    public S3Metrics(IMeterFactory meters)
    {
        var meter = meters.Create("Ingestion");
        _requests = meter.CreateHistogram<double>("object_store_request_seconds", "s", "Requests that succeeded, their tries and pauses included.");
        _retries = meter.CreateCounter<long>("object_store_retries_total", "{try}", "Tries that failed and were followed by another.");
    }

    /// <summary>The operations are a fixed set of phrases.</summary>
    public void Succeeded(string operation, TimeSpan duration) => _requests.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("operation", operation));

    public void Retried(string operation) => _retries.Add(1, new KeyValuePair<string, object?>("operation", operation));
}
