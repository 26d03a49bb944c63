using System.Diagnostics.Metrics;

namespace Ingestion.Grains.Silos;

/// <summary>The silo's memory as metrics. Names and units: docs/operate/metrics.md.</summary>
internal sealed class MemoryMetrics
{
    private readonly Counter<long> _reclaims;
    private readonly Counter<long> _reclaimedBytes;

    public MemoryMetrics(IMeterFactory meters, SiloMemory memory)
    {
        var meter = meters.Create("Ingestion");
        meter.CreateObservableUpDownCounter("ingestion.memory.usage", () => memory.Read().ResidentBytes, "By", "Resident memory (RSS) of the silo.");
        meter.CreateObservableUpDownCounter("ingestion.memory.limit", () => memory.Read().BudgetBytes, "By", "Memory budget of the silo.");
        _reclaims = meter.CreateCounter<long>("ingestion.memory.reclaim.completed", "{reclaim}", "Times that memory was returned to the system.");
        _reclaimedBytes = meter.CreateCounter<long>("ingestion.memory.reclaim.released", "By", "Resident memory returned to the system.");
    }

    public void Reclaimed(long bytes)
    {
        _reclaims.Add(1);
        _reclaimedBytes.Add(Math.Max(0, bytes));
    }
}
