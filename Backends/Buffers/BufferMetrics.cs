using System.Diagnostics.Metrics;

namespace Ingestion.Backends.Buffers;

/// <summary>What operators ask about the buffers of uploads. Names and units: docs/metrics.md.</summary>
internal sealed class BufferMetrics
{
    private readonly Counter<long> _staged;

    public BufferMetrics(IMeterFactory meters, BufferBudget budget)
    {
        var meter = meters.Create("Ingestion");
        meter.CreateObservableGauge("upload_buffer_bytes", () => budget.UsedBytes, "By", "Memory that parts under way take.");
        meter.CreateObservableGauge("upload_buffer_limit_bytes", () => budget.LimitBytes, "By", "What they may take.");
        meter.CreateObservableGauge("upload_staged_bytes", () => budget.StagedBytes, "By", "Bytes of parts in staging files.");
        meter.CreateObservableGauge("upload_parts_waiting", () => budget.Waiting, "{part}", "Parts that wait for memory.");
        _staged = meter.CreateCounter<long>("upload_parts_staged_total", "{part}", "Parts that went to disk.");
    }

    public void Staged() => _staged.Add(1);
}
