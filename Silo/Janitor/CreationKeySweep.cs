using Ingestion.Creations;

namespace Ingestion.Silo.Janitor;

/// <summary>Removes keys of creations whose day is over. Each silo does it; the first one leaves nothing for the others.</summary>
internal sealed class CreationKeySweep(IGrainFactory grains, IHostApplicationLifetime host, TimeProvider time, ILogger<CreationKeySweep> logger)
    : PeriodicSweep(_period, host, time, logger)
{
    private static readonly TimeSpan _period = TimeSpan.FromMinutes(10);

    protected override async Task SweepAsync(CancellationToken stopping)
    {
        foreach (var shard in CreationKey.Shards)
            await TryAsync(shard, token => CheckAsync(shard, token), stopping);
    }

    private async Task<int> CheckAsync(string shard, CancellationToken stopping)
    {
        var index = grains.GetGrain<ICreationKeyIndexGrain>(shard);
        var (checkedNow, more) = (0, 0);
        do
            checkedNow += more = await index.SweepAsync();
        while (more > 0 && !stopping.IsCancellationRequested);
        return checkedNow;
    }
}
