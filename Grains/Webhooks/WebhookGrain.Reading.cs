using Ingestion.Webhooks;

namespace Ingestion.Grains.Webhooks;

/// <summary>What an owner reads of a webhook that is pulled.</summary>
internal sealed partial class WebhookGrain
{
    // A call has 30 s, and its caller may have gone long before.
    private static readonly TimeSpan _longestPull = TimeSpan.FromSeconds(10);

    public async Task<PulledEvents> PullAsync(string webhookId, WebhookPlace? after, int limit, TimeSpan wait)
    {
        var (webhook, refused) = await FindPulledAsync(webhookId);
        if (webhook is null)
            return PulledEvents.Refused(refused);
        var events = await DeliveryOf(webhook).ReadAsync(webhook, after, limit, wait < _longestPull ? wait : _longestPull);
        // It may have been removed, or disabled, while it was waited for.
        (webhook, refused) = await FindPulledAsync(webhookId);
        return webhook is null ? PulledEvents.Refused(refused) : events;
    }

    /// <summary>The webhook, or why it can't be read. One that is being removed is not there any more.</summary>
    private async Task<(Webhook? Webhook, PullOutcome Refusal)> FindPulledAsync(string webhookId) => WebhookRules.Find(await ReadAsync(), webhookId) switch
    {
        null => (null, PullOutcome.NotFound),
        _ when _removing.Contains(webhookId) => (null, PullOutcome.NotFound),
        { Wish.IsPulled: false } => (null, PullOutcome.NotPulled),
        { DisabledAt: not null } => (null, PullOutcome.Disabled),
        var webhook => (webhook, PullOutcome.Ok),
    };
}
