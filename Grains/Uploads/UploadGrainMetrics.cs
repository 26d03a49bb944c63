using System.Diagnostics.Metrics;
using Ingestion.Uploads;

namespace Ingestion.Grains.Uploads;

/// <summary>What uploads do that no request does: they expire, and are joined. Names and units: docs/operate/metrics.md.</summary>
internal sealed class UploadGrainMetrics
{
    private readonly Counter<long> _expired;
    private readonly Counter<long> _completed;
    private readonly Counter<long> _joined;

    public UploadGrainMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("Ingestion");
        _expired = meter.CreateCounter<long>("ingestion.upload.expired", "{upload}", "Unfinished uploads that expired.");
        // The same as the edge's, where requests complete uploads.
        _completed = meter.CreateCounter<long>("ingestion.upload.completed", "{upload}", "Uploads that became videos.");
        _joined = meter.CreateCounter<long>("ingestion.upload.join.io", "By", "Bytes of pieces copied into joined uploads.");
    }

    public void Copied(long bytes) => _joined.Add(bytes);

    public void Joined() => _completed.Add(1);

    public void Ended(UploadState state)
    {
        if (state is UploadState.Expired)
            _expired.Add(1);
    }
}
