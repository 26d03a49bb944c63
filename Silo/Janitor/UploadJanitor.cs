using Ingestion.Api.Uploads;
using Ingestion.Backends.Buffers;
using Ingestion.Backends.Hosting;
using Ingestion.Backends.ObjectStore;
using Ingestion.Uploads;
using Microsoft.Extensions.Options;

namespace Ingestion.Silo.Janitor;

/// <summary>
/// Brings to an end what nobody else will: uploads whose time is over, bytes in the store that belong to no upload, forgotten temporary
/// files. Each silo with the role api does all of it; doing it twice is harmless, and whoever comes first leaves nothing for the others.
/// </summary>
internal sealed partial class UploadJanitor(
    IGrainFactory grains, OrphanSweep orphans, StagingFolder staging, JanitorMetrics metrics, IOptions<UploadOptions> options, IHostApplicationLifetime host, TimeProvider time, ILogger<UploadJanitor> logger)
    : BackgroundService
{
    // Listing what the store holds costs a request for every thousand: often enough for what has lain a day already.
    private static readonly TimeSpan _longestOrphanPeriod = TimeSpan.FromHours(1);

    private const int OrphanSweepsPerLife = 24;

    private readonly TimeSpan _period = TimeSpan.FromSeconds(options.Value.JanitorSeconds);
    private readonly TimeSpan _timeToLive = TimeSpan.FromSeconds(options.Value.TimeToLiveSeconds);
    private DateTimeOffset _nextOrphans;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            if (!await host.WaitForStartAsync(stoppingToken))
                return;
            // Silos that start together must not sweep in step.
            await Task.Delay(_period * Random.Shared.NextDouble(), time, stoppingToken);
            using var timer = new PeriodicTimer(_period, time);
            do
                await SweepAsync(stoppingToken);
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The silo stops.
        }
    }

    private async Task SweepAsync(CancellationToken stopping)
    {
        var asked = 0;
        foreach (var shard in UploadShards.All)
            asked += await TryAsync(() => AskAllAsync(shard, stopping), stopping);
        if (asked > 0)
            LogAsked(asked);

        if (time.GetUtcNow() is var now && now < _nextOrphans)
            return;
        _nextOrphans = now + TimeSpan.FromTicks(Math.Min(_longestOrphanPeriod.Ticks, _timeToLive.Ticks / OrphanSweepsPerLife));
        var removed = await TryAsync(() => orphans.RunAsync(now - _timeToLive, stopping), stopping);
        metrics.OrphansRemoved(removed);
        var files = await TryAsync(() => staging.SweepAsync(now - _timeToLive, stopping), stopping);
        if (removed + files > 0)
            LogRemoved(removed, files);
    }

    private async Task<int> AskAllAsync(string shard, CancellationToken stopping)
    {
        var index = grains.GetGrain<IUploadIndexGrain>(shard);
        var (asked, more) = (0, 0);
        do
            asked += more = await index.SweepAsync();
        while (more > 0 && !stopping.IsCancellationRequested);
        return asked;
    }

    private async Task<int> TryAsync(Func<Task<int>> sweep, CancellationToken stopping)
    {
        try
        {
            return await sweep();
        }
#pragma warning disable CA1031 // Grains, stores and disks fail in many ways; the next round tries again.
        catch (Exception e) when (!stopping.IsCancellationRequested)
#pragma warning restore CA1031
        {
            LogFailed(e);
            return 0;
        }
    }

    [LoggerMessage(EventName = "DueUploadsAsked", Level = LogLevel.Debug, Message = "Asked {Count} uploads whose time had come")]
    private partial void LogAsked(int count);

    [LoggerMessage(EventName = "OrphansRemoved", Level = LogLevel.Information, Message = "Removed the bytes of {Uploads} uploads that nobody goes on with, and {Files} temporary files")]
    private partial void LogRemoved(int uploads, int files);

    [LoggerMessage(EventName = "JanitorFailed", Level = LogLevel.Warning, Message = "A sweep was broken off; the next round tries again")]
    private partial void LogFailed(Exception exception);
}
