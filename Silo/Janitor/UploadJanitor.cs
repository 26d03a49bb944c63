using Ingestion.Api.Uploads;
using Ingestion.Backends.Buffers;
using Ingestion.Uploads;
using Microsoft.Extensions.Options;

namespace Ingestion.Silo.Janitor;

/// <summary>
/// Ends what no client will: uploads whose time is over or whose end a crash interrupted, unfinished bytes of uploads that have ended, forgotten
/// temporary files. Each silo does all of it; doing it twice is harmless, and the first one leaves nothing for the others.
/// </summary>
internal sealed partial class UploadJanitor(
    IGrainFactory grains, OrphanSweep orphans, StagingFolder staging, JanitorMetrics metrics, IOptions<UploadOptions> options, IHostApplicationLifetime host,
    TimeProvider time, ILogger<UploadJanitor> logger)
    : PeriodicSweep(TimeSpan.FromSeconds(options.Value.JanitorSeconds), host, time, logger, atOnce: true)
{
    // Listing what the store holds costs a request for every thousand: often enough for what has lain a day already.
    private static readonly TimeSpan _longestOrphanPeriod = TimeSpan.FromHours(1);

    private const int OrphanSweepsPerLife = 24;

    private readonly TimeSpan _timeToLive = TimeSpan.FromSeconds(options.Value.TimeToLiveSeconds);
    private DateTimeOffset _nextOrphans;

    protected override async Task SweepAsync(CancellationToken stopping)
    {
        var checkedUploads = 0;
        foreach (var shard in UploadShards.All)
            checkedUploads += await TryAsync(shard, token => ExpireAsync(shard, token), stopping);
        if (checkedUploads > 0)
            LogChecked(checkedUploads);
        if (Time.GetUtcNow() is var now && now >= _nextOrphans)
            await SweepOrphansAsync(now, stopping);
    }

    private async Task SweepOrphansAsync(DateTimeOffset now, CancellationToken stopping)
    {
        _nextOrphans = now + TimeSpan.FromTicks(Math.Min(_longestOrphanPeriod.Ticks, _timeToLive.Ticks / OrphanSweepsPerLife));
        var removed = await TryAsync("the object store", token => orphans.RunAsync(now - _timeToLive, token), stopping);
        metrics.OrphansRemoved(removed);
        var files = await TryAsync("the staging folder", token => staging.SweepAsync(now - _timeToLive, token), stopping);
        if (removed + files > 0)
            LogRemoved(removed, files);
    }

    private async Task<int> ExpireAsync(string shard, CancellationToken stopping)
    {
        var index = grains.GetGrain<IUploadIndexGrain>(shard);
        var (checkedUploads, more) = (0, 0);
        do
            checkedUploads += more = await index.SweepAsync();
        while (more > 0 && !stopping.IsCancellationRequested);
        return checkedUploads;
    }

    [LoggerMessage(EventName = "DueUploadsAsked", Level = LogLevel.Debug, Message = "Checked {Count} uploads that were due")]
    private partial void LogChecked(int count);

    [LoggerMessage(EventName = "OrphansRemoved", Level = LogLevel.Information,
        Message = "Removed the bytes of {Uploads} abandoned uploads, and {Files} temporary files")]
    private partial void LogRemoved(int uploads, int files);
}
