using System.Diagnostics.Metrics;

namespace Ingestion.Backends.Buffers;

/// <summary>Metrics of upload buffers. Names and units: docs/operate/metrics.md.</summary>
internal sealed class BufferMetrics
{
    private readonly Counter<long> _staged;

    public BufferMetrics(IMeterFactory meters, BufferBudget budget)
    {
        var meter = meters.Create("Ingestion");
        meter.CreateObservableUpDownCounter("ingestion.upload.buffer.usage", () => budget.UsedBytes, "By", "Memory that parts under way take.");
        meter.CreateObservableUpDownCounter("ingestion.upload.buffer.limit", () => budget.LimitBytes, "By", "Memory that parts under way may take.");
        meter.CreateObservableUpDownCounter("ingestion.upload.staging.usage", () => budget.StagedBytes, "By", "Bytes of parts in staging files.");
        meter.CreateObservableUpDownCounter("ingestion.upload.part.waiting", () => budget.Waiting, "{part}", "Parts that wait for memory.");
        _staged = meter.CreateCounter<long>("ingestion.upload.part.staged", "{part}", "Parts written to staging files.");
    }

    public void Staged() => _staged.Add(1);
}
