using System.Diagnostics.Metrics;

namespace Ingestion.Api.Uploads;

/// <summary>Metrics of uploads. Names and units: docs/operate/metrics.md.</summary>
internal sealed class UploadMetrics
{
    private readonly Counter<long> _completed;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _io;
    private readonly UpDownCounter<long> _active;

    public UploadMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("Ingestion");
        _completed = meter.CreateCounter<long>("ingestion.upload.completed", "{upload}", "Uploads that became videos.");
        _refused = meter.CreateCounter<long>("ingestion.upload.refused", "{upload}", "Uploads refused, by error code.");
        _io = meter.CreateCounter<long>("ingestion.upload.io", "By", "Bytes of files received from clients.");
        _active = meter.CreateUpDownCounter<long>("ingestion.upload.active", "{upload}", "Uploads under way.");
    }

    public void Opened() => _active.Add(1);

    public void Closed() => _active.Add(-1);

    public void Received(long bytes) => _io.Add(bytes);

    public void Completed() => _completed.Add(1);

    /// <summary>The codes are the ones of the problem table: a bounded set.</summary>
    public void Refused(string code) => _refused.Add(1, new KeyValuePair<string, object?>("error.type", code));
}
