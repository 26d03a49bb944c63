using System.Diagnostics.Metrics;
using Ingestion.Uploads;

namespace Ingestion.Grains.Uploads;

/// <summary>How uploads end that become no video. Names and units: docs/operate/metrics.md.</summary>
internal sealed class UploadGrainMetrics
{
    private readonly Counter<long> _expired;

    public UploadGrainMetrics(IMeterFactory meters) =>
        _expired = meters.Create("Ingestion").CreateCounter<long>("ingestion.upload.expired", "{upload}", "Unfinished uploads that expired.");

    public void Ended(UploadState state)
    {
        if (state is UploadState.Expired)
            _expired.Add(1);
    }
}
