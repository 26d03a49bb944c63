using System.Diagnostics.Metrics;

namespace Ingestion.Api.Uploads;

/// <summary>What operators ask about uploads. Names and units: docs/metrics.md.</summary>
internal sealed class UploadMetrics
{
    private readonly Counter<long> _completed;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _receivedBytes;
    private readonly UpDownCounter<long> _active;

    public UploadMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("Ingestion");
        _completed = meter.CreateCounter<long>("uploads_completed_total", "{upload}", "Uploads that became videos.");
        _refused = meter.CreateCounter<long>("uploads_refused_total", "{upload}", "Uploads that were refused, by code.");
        _receivedBytes = meter.CreateCounter<long>("uploads_received_bytes_total", "By", "Bytes of files taken from clients.");
        _active = meter.CreateUpDownCounter<long>("uploads_active", "{upload}", "Uploads under way.");
    }

    public void Opened() => _active.Add(1);

    public void Closed() => _active.Add(-1);

    public void Received(long bytes) => _receivedBytes.Add(bytes);

    public void Completed() => _completed.Add(1);

    /// <summary>The codes are the ones of the problem table: a bounded set.</summary>
    public void Refused(string code) => _refused.Add(1, new KeyValuePair<string, object?>("code", code));
}
