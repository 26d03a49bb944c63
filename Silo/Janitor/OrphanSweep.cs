using Ingestion.Uploads;
using Ingestion.Videos;

namespace Ingestion.Silo.Janitor;

/// <summary>
/// Removes unfinished bytes that the store holds of uploads of which it is known that none of them is acknowledged, or needed any more: the
/// upload's record is marked as ended, its video exists, or it was a form, whose client gets no answer before the object is complete.
/// What no record names and was no form stays: the store may be shared with another cluster, and the database may have been restored.
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
            if (!await MayGoAsync(upload.VideoId))
                return false;
            await store.AbortAsync(ObjectKey.Source(upload.VideoId), upload.StoreUploadId, cancellationToken);
            return true;
        }
#pragma warning disable CA1031 // A failed removal must not block the others; it is found again.
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            LogKept(e, upload.VideoId);
            return false;
        }
    }

    private async Task<bool> MayGoAsync(string id)
    {
        if (!MediaId.IsValid(id))
            return false;
        return await grains.GetGrain<IUploadGrain>(id).FinishPendingAsync() switch
        {
            // Its grain continues it by itself.
            UploadState.Open or UploadState.Completing or UploadState.Ending => false,
            // The record of an upload is forgotten after a while, and that of a form was never stored.
            UploadState.None => MediaId.IsOfForm(id) || await grains.GetGrain<IVideoGrain>(id).ExistsAsync(),
            _ => true,
        };
    }

    [LoggerMessage(EventName = "OrphanKept", Level = LogLevel.Warning,
        Message = "The bytes of the unfinished upload {UploadId} could not be looked at or removed; they will be retried")]
    private partial void LogKept(Exception exception, string uploadId);
}
