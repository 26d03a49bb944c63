using Ingestion.Backends.Hosting;
using Ingestion.Uploads;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Ingestion.Backends.ObjectStore;

/// <summary>
/// Removes the bytes of uploads that no grain knows: a form upload's manifest lives in memory, so a crash leaves its file behind.
/// Runs once, after the silo has started; uploads that began since then are younger than the start and not looked at.
/// </summary>
internal sealed partial class UnfinishedUploadSweep(FileObjectStore store, IGrainFactory grains, IHostApplicationLifetime host, TimeProvider time, ILogger<UnfinishedUploadSweep> logger)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var started = time.GetUtcNow();
        if (!await host.WaitForStartAsync(stoppingToken))
            return;
        var swept = 0;
        foreach (var uploadId in store.UnfinishedBefore(started).ToArray())
        {
            if (stoppingToken.IsCancellationRequested)
                return;
            if (MediaId.IsValid(uploadId) && await grains.GetGrain<IUploadGrain>(uploadId).GetStateAsync() is UploadState.Open)
                continue;
            await store.AbortAsync(ObjectKey.Source(uploadId), uploadId, stoppingToken);
            swept++;
        }

        if (swept > 0)
            LogSwept(swept);
    }

    [LoggerMessage(EventName = "UnfinishedUploadsSwept", Level = LogLevel.Information, Message = "Removed the bytes of {Count} uploads that a crash had left unfinished")]
    private partial void LogSwept(int count);
}
