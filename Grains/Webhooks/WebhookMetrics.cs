using System.Diagnostics.Metrics;
using Ingestion.Webhooks;

namespace Ingestion.Grains.Webhooks;

/// <summary>What operators ask about webhooks. Names and units: docs/metrics.md.</summary>
internal sealed class WebhookMetrics
{
    private readonly Counter<long> _deliveries;
    private readonly UpDownCounter<long> _pending;
    private readonly Histogram<double> _latency;

    public WebhookMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("Ingestion");
        _deliveries = meter.CreateCounter<long>("webhook_deliveries_total", "{attempt}", "Attempts to deliver an event to a webhook, by outcome.");
        _pending = meter.CreateUpDownCounter<long>("webhook_pending", "{event}", "Events that wait for a webhook, of the users who are active in this silo.");
        _latency = meter.CreateHistogram<double>("webhook_latency_seconds", "s", "From an event to the receiver's answer that it has it.");
    }

    public void Settled(DeliveryOutcome outcome) => _deliveries.Add(1, new KeyValuePair<string, object?>("outcome", outcome.WireName));

    public void Delivered(TimeSpan latency) => _latency.Record(latency.TotalSeconds);

    public void PendingChanged(int by) => _pending.Add(by);
}
