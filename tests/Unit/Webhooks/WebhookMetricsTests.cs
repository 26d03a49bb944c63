using System.Diagnostics.Metrics;
using Ingestion.Grains.Webhooks;
using Ingestion.Status;
using Ingestion.Webhooks;
using Microsoft.Extensions.DependencyInjection;

namespace Ingestion.Tests.Unit.Webhooks;

/// <summary>What dashboards rely on.</summary>
public sealed class WebhookMetricsTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly MeterListener _listener = new();
    private readonly List<string> _measured = [];
    private readonly WebhookMetrics _metrics;

    public WebhookMetricsTests()
    {
        var meters = _services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            // Of this test's factory only: others run at the same time.
            if (instrument.Meter.Scope == meters)
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.Start();
        _metrics = new WebhookMetrics(meters, new ManualTime());
    }

    public void Dispose()
    {
        _listener.Dispose();
        _services.Dispose();
    }

    [Theory]
    [InlineData(DeliveryOutcome.Delivered, "delivered")]
    [InlineData(DeliveryOutcome.Failed, "failed")]
    [InlineData(DeliveryOutcome.Dead, "dead")]
    [InlineData(DeliveryOutcome.Disabled, "disabled")]
    [InlineData(DeliveryOutcome.Acknowledged, "acknowledged")]
    [InlineData(DeliveryOutcome.Missed, "missed")]
    public void AttemptIsCountedUnderItsOutcome(DeliveryOutcome outcome, string tag)
    {
        _metrics.Attempted(outcome);
        Assert.Equal([$"ingestion.webhook.delivery.attempt 1 ingestion.webhook.outcome={tag}"], _measured);
    }

    [Fact]
    public void PendingAndLatencyAreMeasured()
    {
        _metrics.Missed(7);
        _metrics.PendingChanged(3);
        _metrics.PendingChanged(-3);
        _metrics.Delivered(TimeSpan.FromMilliseconds(1500));
        Assert.Equal(["ingestion.webhook.event.missed 7 ", "ingestion.webhook.delivery.pending 3 ", "ingestion.webhook.delivery.pending -3 ",
            "ingestion.webhook.delivery.duration 1.5 "], _measured);
    }

    [Fact]
    public void DisabledWebhookIsCountedUnderItsReason()
    {
        _metrics.Disabled(WebhookNotice.Failing);
        _metrics.Disabled(WebhookNotice.Gone);
        Assert.Equal(
            ["ingestion.webhook.disabled 1 ingestion.webhook.reason=failing", "ingestion.webhook.disabled 1 ingestion.webhook.reason=gone"], _measured);
    }

    [Fact]
    public void FailingAndLagAreThoseOfWhatIsActive()
    {
        var (one, other, now) = (new object(), new object(), ManualTime.Start);
        _metrics.Observe(one, now.AddSeconds(-5), isFailing: true);
        _metrics.Observe(other, oldest: null, isFailing: false);
        _listener.RecordObservableInstruments();
        _metrics.Forget(one);
        _listener.RecordObservableInstruments();
        Assert.Equal(["ingestion.webhook.failing 1 ", "ingestion.webhook.lag 5 ", "ingestion.webhook.failing 0 ", "ingestion.webhook.lag 0 "], _measured);
    }

    private void Record<T>(Instrument instrument, T value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        _measured.Add($"{instrument.Name} {value} {string.Join(' ', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}"))}");
}
