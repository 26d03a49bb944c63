using System.Diagnostics.Metrics;

namespace Ingestion.Grains.Silos;

/// <summary>The silo's memory as metrics. Names and units: docs/metrics.md.</summary>
internal sealed class MemoryMetrics
{
    private readonly Counter<long> _reclaims;
    private readonly Counter<long> _reclaimedBytes;

    public MemoryMetrics(IMeterFactory meters, SiloMemory memory)
    {
        var meter = meters.Create("Ingestion");
        meter.CreateObservableGauge("process_resident_memory_bytes", () => memory.Read().ResidentBytes, "By", "RSS of the silo.");
        meter.CreateObservableGauge("memory_budget_bytes", () => memory.Read().BudgetBytes, "By", "What the silo may use.");
        _reclaims = meter.CreateCounter<long>("memory_reclaims_total", "{reclaim}", "Times that memory was given back after a rush.");
        _reclaimedBytes = meter.CreateCounter<long>("memory_reclaimed_bytes_total", "By", "RSS that those freed.");
    }

    public void Reclaimed(long bytes)
    {
        _reclaims.Add(1);
        _reclaimedBytes.Add(Math.Max(0, bytes));
    }
}
