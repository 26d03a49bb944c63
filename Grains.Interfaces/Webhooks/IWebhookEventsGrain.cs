using Ingestion.Calls;

namespace Ingestion.Webhooks;

/// <summary>
/// The events of webhooks that are pulled: their owner reads what waits, oldest first, and acknowledges it. Keys are those of <see cref="IWebhookGrain"/>, and
/// the same grain answers. Silos of a release before 0.5 lack this, see <see cref="PullSupport"/>.
/// </summary>
[Alias("ingestion.webhook-events"), GrainInterfaceType("ingestion.webhook-events")]
public interface IWebhookEventsGrain : IGrainWithStringKey
{
    /// <summary>
    /// Acknowledges the events up to a place, durably, and reads those behind it. An event that is not acknowledged is read again by the next call, in its
    /// place. A place that was acknowledged before changes nothing.
    /// </summary>
    /// <param name="webhookId">The webhook.</param>
    /// <param name="after">The end of an earlier answer; null: nothing is acknowledged.</param>
    /// <param name="limit">Events at most.</param>
    /// <param name="wait">How long to wait for an event where there is none; at most 10 s. It may be less.</param>
    [Alias("pull"), Repeatable, ResponseTimeout("00:00:30")]
    Task<PulledEvents> PullAsync(string webhookId, WebhookPlace? after, int limit, TimeSpan wait);
}
