using System.Diagnostics.Metrics;
using Microsoft.Extensions.Options;

namespace Ingestion.Grains.Memory;

/// <summary>The silo's memory as metrics. Names and units: docs/metrics.md.</summary>
internal sealed class MemoryMetrics
{
    public MemoryMetrics(IMeterFactory meters, IOptions<MemoryOptions> options, TimeProvider time)
    {
        var memory = new ProcessMemory(time, options.Value.BudgetBytes);
        var meter = meters.Create("Ingestion");
        meter.CreateObservableGauge("process_resident_memory_bytes", () => memory.Read().ResidentBytes, "By", "RSS of the silo.");
        meter.CreateObservableGauge("memory_budget_bytes", () => memory.Read().BudgetBytes, "By", "What the silo may use.");
    }
}
