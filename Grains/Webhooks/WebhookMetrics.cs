using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Ingestion.Status;
using Ingestion.Webhooks;

namespace Ingestion.Grains.Webhooks;

/// <summary>Metrics of webhooks. Names and units: docs/operate/metrics.md.</summary>
internal sealed class WebhookMetrics
{
    // From an event to the receiver's 2xx: milliseconds where all is well, hours where a receiver was away and its retries brought it.
    private static readonly InstrumentAdvice<double> _buckets =
        new() { HistogramBucketBoundaries = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 600, 3600, 21600] };

    private readonly Counter<long> _attempts;
    private readonly UpDownCounter<long> _pending;
    private readonly Histogram<double> _duration;
    private readonly Counter<long> _missed;
    private readonly Counter<long> _disabled;

    // By delivery: the time of the oldest event that waits, and whether its receiver fails.
    private readonly ConcurrentDictionary<object, (DateTimeOffset? Oldest, bool IsFailing)> _active = new();

    public WebhookMetrics(IMeterFactory meters, TimeProvider time)
    {
        var meter = meters.Create("Ingestion");
        _attempts = meter.CreateCounter<long>("ingestion.webhook.delivery.attempt", "{attempt}", "Attempts to deliver an event to a webhook, by outcome.");
        _pending = meter.CreateUpDownCounter<long>("ingestion.webhook.delivery.pending", "{event}",
            "Events that wait for a webhook, of the users who are active in this silo.");
        _missed = meter.CreateCounter<long>("ingestion.webhook.event.missed", "{event}",
            "Events that were lost to a webhook, because it was further behind than what is kept for it.");
        _disabled = meter.CreateCounter<long>("ingestion.webhook.disabled", "{webhook}", "Webhooks that the service has disabled by itself, by reason.");
        meter.CreateObservableGauge("ingestion.webhook.failing", () => _active.Values.Count(webhook => webhook.IsFailing), "{webhook}",
            "Enabled webhooks whose last attempt failed, of the users who are active in this silo.");
        meter.CreateObservableGauge("ingestion.webhook.lag", () => Lag(time.GetUtcNow()), "s",
            "Age of the oldest event that waits for an enabled webhook, of the users who are active in this silo.");
        _duration = meter.CreateHistogram("ingestion.webhook.delivery.duration", "s", "From an event to the receiver's 2xx.", tags: null, _buckets);
    }

    public void Attempted(DeliveryOutcome outcome) => _attempts.Add(1, new KeyValuePair<string, object?>("ingestion.webhook.outcome", outcome.WireName));

    public void Delivered(TimeSpan sinceEvent) => _duration.Record(sinceEvent.TotalSeconds);

    public void Missed(long events) => _missed.Add(events);

    /// <param name="reason">A reason of <see cref="WebhookNotice"/> that is not the owner's.</param>
    public void Disabled(string reason) => _disabled.Add(1, new KeyValuePair<string, object?>("ingestion.webhook.reason", reason));

    /// <summary>How an enabled webhook is; see <see cref="Forget"/>.</summary>
    public void Observe(object delivery, DateTimeOffset? oldest, bool isFailing) => _active[delivery] = (oldest, isFailing);

    /// <summary>It is not active here any more, or disabled.</summary>
    public void Forget(object delivery) => _active.TryRemove(delivery, out _);

    private double Lag(DateTimeOffset now)
    {
        var oldest = _active.Values.Min(webhook => webhook.Oldest);
        return oldest < now ? (now - oldest.Value).TotalSeconds : 0;
    }

    public void PendingChanged(long by) => _pending.Add(by);
}
