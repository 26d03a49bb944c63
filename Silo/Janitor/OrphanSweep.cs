using Ingestion.Uploads;

namespace Ingestion.Silo.Janitor;

/// <summary>
/// Removes bytes that the store holds of uploads that will never be finished: those whose grain knows nothing of them (a form upload's
/// manifest lives in memory and died with its silo, or a crash came before the first one was stored) or has ended.
/// </summary>
internal sealed partial class OrphanSweep(IObjectStore store, IGrainFactory grains, ILogger<OrphanSweep> logger)
{
    /// <summary>Looks at uploads whose bytes last changed before <paramref name="before"/>; how many were removed.</summary>
    public async Task<int> RunAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        var removed = 0;
        await foreach (var upload in store.ListUnfinishedAsync(before, cancellationToken))
        {
            if (await TryRemoveAsync(upload, cancellationToken))
                removed++;
        }

        return removed;
    }

    private async Task<bool> TryRemoveAsync(UnfinishedUpload upload, CancellationToken cancellationToken)
    {
        try
        {
            // Completing and ending ones are their grain's: it goes on with them by itself.
            if (MediaId.IsValid(upload.VideoId) && await grains.GetGrain<IUploadGrain>(upload.VideoId).FinishPendingAsync() is UploadState.Open or UploadState.Completing or UploadState.Ending)
                return false;
            await store.AbortAsync(ObjectKey.Source(upload.VideoId), upload.StoreUploadId, cancellationToken);
            return true;
        }
#pragma warning disable CA1031 // One that can't be removed now must not keep the others; it is found again.
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            LogKept(e, upload.VideoId);
            return false;
        }
    }

    [LoggerMessage(EventName = "OrphanKept", Level = LogLevel.Warning, Message = "The bytes of the unfinished upload {UploadId} could not be looked at or removed; they will be tried again")]
    private partial void LogKept(Exception exception, string uploadId);
}
