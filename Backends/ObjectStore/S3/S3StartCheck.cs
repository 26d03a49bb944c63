using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Ingestion.Backends.ObjectStore.S3;

/// <summary>
/// Checks the store once when the silo starts, so that wrong settings show in the log at once and not with the first upload. A store that is
/// only away stops nothing: uploads wait for it.
/// </summary>
internal sealed partial class S3StartCheck(S3ObjectStore store, ILogger<S3StartCheck> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await store.Control.CheckAsync(stoppingToken);
            LogReachable();
        }
#pragma warning disable CA1031 // A check that cannot be made proves nothing about the store, and must not end the silo.
        catch (Exception e) when (!stoppingToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            LogUnusable(e.Message);
        }
    }

    [LoggerMessage(EventName = "ObjectStoreReachable", Level = LogLevel.Debug, Message = "The bucket can be reached")]
    private partial void LogReachable();

    [LoggerMessage(EventName = "ObjectStoreUnusable", Level = LogLevel.Error, Message = "The bucket can't be used: {Reason}")]
    private partial void LogUnusable(string reason);
}
