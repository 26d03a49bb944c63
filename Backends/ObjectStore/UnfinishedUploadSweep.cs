using Ingestion.Backends.Hosting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Ingestion.Backends.ObjectStore;

/// <summary>
/// On the file store, which belongs to one process, what a crash left is known at once: everything that is older than the start and has no grain
/// that goes on with it. Runs once, after the silo has started; the janitor of every store waits until such bytes have lain for a day.
/// </summary>
internal sealed partial class UnfinishedUploadSweep(OrphanSweep orphans, IHostApplicationLifetime host, TimeProvider time, ILogger<UnfinishedUploadSweep> logger)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var started = time.GetUtcNow();
        if (await host.WaitForStartAsync(stoppingToken) && await orphans.RunAsync(started, stoppingToken) is > 0 and var removed)
            LogSwept(removed);
    }

    [LoggerMessage(EventName = "UnfinishedUploadsSwept", Level = LogLevel.Information, Message = "Removed the bytes of {Count} uploads that a crash had left unfinished")]
    private partial void LogSwept(int count);
}
