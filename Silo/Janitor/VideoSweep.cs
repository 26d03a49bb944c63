using Ingestion.Uploads;
using Ingestion.Videos;

namespace Ingestion.Silo.Janitor;

/// <summary>
/// Checks the videos that have work pending, so that interrupted work continues without a request. Each silo
/// does it, whatever its roles; the first one leaves nothing for the others.
/// </summary>
internal sealed class VideoSweep(IGrainFactory grains, IHostApplicationLifetime host, TimeProvider time, ILogger<VideoSweep> logger)
    : PeriodicSweep(_period, host, time, logger, atOnce: true)
{
    // A round in which nothing is due costs a call to each shard, and no statement of the database.
    private static readonly TimeSpan _period = TimeSpan.FromSeconds(15);

    protected override async Task SweepAsync(CancellationToken stopping)
    {
        foreach (var shard in UploadShards.All)
            await TryAsync(shard, token => CheckAsync(shard, token), stopping);
    }

    private async Task<int> CheckAsync(string shard, CancellationToken stopping)
    {
        var index = grains.GetGrain<IVideoIndexGrain>(shard);
        var (checkedNow, more) = (0, 0);
        do
            checkedNow += more = await index.SweepAsync();
        while (more > 0 && !stopping.IsCancellationRequested);
        return checkedNow;
    }
}
