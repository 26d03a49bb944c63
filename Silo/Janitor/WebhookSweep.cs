using Ingestion.Grains.Webhooks;
using Ingestion.Webhooks;
using Microsoft.Extensions.Options;

namespace Ingestion.Silo.Janitor;

/// <summary>
/// Checks the webhooks of users that are due, so that interrupted work continues without a further event. Each silo
/// does it; the first one leaves nothing for the others.
/// </summary>
internal sealed class WebhookSweep(IGrainFactory grains, IOptions<WebhookOptions> options, IHostApplicationLifetime host, TimeProvider time,
    ILogger<WebhookSweep> logger)
    : PeriodicSweep(options.Value.CheckPeriod / SweepsPerPeriod, host, time, logger)
{
    // Often enough that a check is late by a small part of its period only.
    private const int SweepsPerPeriod = 4;

    protected override async Task SweepAsync(CancellationToken stopping)
    {
        foreach (var shard in WebhookShards.All)
            await TryAsync(shard, token => CheckAsync(shard, token), stopping);
    }

    private async Task<int> CheckAsync(string shard, CancellationToken stopping)
    {
        var index = grains.GetGrain<IWebhookIndexGrain>(shard);
        var (checkedNow, more) = (0, 0);
        do
            checkedNow += more = await index.SweepAsync();
        while (more > 0 && !stopping.IsCancellationRequested);
        return checkedNow;
    }
}
