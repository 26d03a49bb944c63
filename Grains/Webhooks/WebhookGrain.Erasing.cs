using Ingestion.Webhooks;

namespace Ingestion.Grains.Webhooks;

internal sealed partial class WebhookGrain
{
    public async Task ForgetVideoAsync(string videoId)
    {
        var webhooks = (await ReadAsync()).Webhooks.Where(webhook => !_removing.Contains(webhook.Id));
        await Task.WhenAll(webhooks.Select(webhook => DeliveryOf(webhook).ForgetVideoAsync(videoId)));
    }

    public async Task<int> EraseAsync()
    {
        var webhooks = (await ReadAsync()).Webhooks;
        foreach (var webhook in webhooks)
            await RemoveAsync(webhook.Id);
        await _list.ClearAsync();
        await GrainFactory.GetGrain<IWebhookIndexGrain>(WebhookShards.Of(Key)).RemoveAsync([Key]);
        return webhooks.Count;
    }
}
