using Ingestion.Uploads;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Ingestion.Backends.ObjectStore.S3;

/// <summary>
/// Checks the store when the silo starts, so that wrong settings show in the log at once and not with the first upload, and regularly from then on: a store
/// that is back is used again though nobody has tried it meanwhile. A store that is only away stops nothing.
/// </summary>
internal sealed partial class S3StartCheck(S3ObjectStore store, S3BucketCors cors, TimeProvider time, ILogger<S3StartCheck> logger) : BackgroundService
{
    private static readonly TimeSpan _period = TimeSpan.FromSeconds(30);

    // So soon is a store that was away used again.
    private static readonly TimeSpan _periodInOutage = TimeSpan.FromSeconds(3);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (await TryAsync(stoppingToken) is { } reason)
            LogUnusable(reason);
        else
            LogReachable();
        await TryCorsAsync(stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(store.Outage.IsOpen ? _periodInOutage : _period, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await TryAsync(stoppingToken);
        }
    }

    /// <summary>Null when the bucket is there, or the silo stops; otherwise why it can't be used.</summary>
    private async Task<string?> TryAsync(CancellationToken stopping)
    {
        try
        {
            await store.Control.CheckAsync(stopping);
            return null;
        }
#pragma warning disable CA1031 // A check that cannot be made proves nothing about the store, and must not end the silo.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return stopping.IsCancellationRequested ? null : e.Message;
        }
    }

    /// <summary>A store that can't answer that is only said: many have no such request, or credentials that may not send it.</summary>
    private async Task TryCorsAsync(CancellationToken stopping)
    {
        if (!cors.IsNeeded)
            return;
        try
        {
            cors.Finding = S3BucketCors.Missing(cors.Origins, await store.Control.GetCorsAsync(stopping));
            if (cors.Finding is { } finding)
                LogCorsMissing(finding);
        }
        catch (Exception e) when (!stopping.IsCancellationRequested
            && e is ObjectStoreUnavailableException or HttpRequestException or InvalidOperationException)
        {
            cors.Finding = "answers; whether pages may send parts is not known, as its CORS can't be read";
            LogCorsUnknown(e.Message);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The silo stops.
        }
    }

    [LoggerMessage(EventName = "ObjectStoreReachable", Level = LogLevel.Debug, Message = "The bucket can be reached")]
    private partial void LogReachable();

    [LoggerMessage(EventName = "ObjectStoreUnusable", Level = LogLevel.Error, Message = "The bucket can't be used: {Reason}")]
    private partial void LogUnusable(string reason);

    [LoggerMessage(EventName = "BucketCorsMissing", Level = LogLevel.Warning,
        Message = "Direct uploads from web pages will fail: {Finding}. What the bucket needs: docs/use/direct.md")]
    private partial void LogCorsMissing(string finding);

    [LoggerMessage(EventName = "BucketCorsUnknown", Level = LogLevel.Information,
        Message = "Whether web pages may send parts of direct uploads is not known: {Reason}")]
    private partial void LogCorsUnknown(string reason);
}
