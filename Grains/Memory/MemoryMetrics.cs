using System.Diagnostics.Metrics;
using Ingestion.Memory;

namespace Ingestion.Grains.Memory;

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
        if (memory.Buffers is { } buffers)
            AddBuffers(meter, buffers);
    }

    public void Reclaimed(long bytes)
    {
        _reclaims.Add(1);
        _reclaimedBytes.Add(Math.Max(0, bytes));
    }

    private static void AddBuffers(Meter meter, IBufferBudget buffers)
    {
        meter.CreateObservableGauge("upload_buffer_limit_bytes", () => buffers.LimitBytes, "By", "What the buffers of uploads may take.");
        meter.CreateObservableGauge("upload_buffer_used_bytes", () => buffers.UsedBytes, "By", "What they take.");
        meter.CreateObservableGauge("upload_staged_bytes", () => buffers.StagedBytes, "By", "What waits in staging files instead.");
        meter.CreateObservableGauge("upload_parts_waiting", () => buffers.Waiting, "{part}", "Parts that wait for room.");
    }
}
