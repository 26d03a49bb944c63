using Ingestion.Uploads;

namespace Ingestion.Grains.Uploads;

/// <summary>
/// How an upload that is completing or ending is found again: by its job, by the index, and soonest by the timer of this activation. A form
/// upload is not: its client waits for the answer and repeats it.
/// </summary>
internal sealed partial class UploadGrain
{
    // By then the timer has tried several times. Its time to live may be days.
    private static readonly TimeSpan _firstCheck = TimeSpan.FromSeconds(15);

    // Whether the index will check this upload soon, as far as this activation knows.
    private bool _listed;

    /// <summary>Sends the job of an upload that is about to complete. False when the queue did not take it, or it needs none.</summary>
    private async Task<bool> SendJobAsync(UploadManifest completing)
    {
        if (completing.Kind is UploadKind.Partial)
            return false;
        var sent = await TryEnqueueAsync();
        if (!sent && completing.IsStored)
            await ListAsync();
        return sent;
    }

    /// <summary>Has the upload checked soon, whatever becomes of this silo.</summary>
    private async Task ListAsync()
    {
        if (_listed)
            return;
        await GrainFactory.GetGrain<IUploadIndexGrain>(UploadShards.Of(Id)).AddAsync(Id, time.GetUtcNow() + _firstCheck);
        _listed = true;
    }

    /// <summary>Something pending has just failed. What made it fail may keep it from being listed too; then the timer and the job are left.</summary>
    private async Task RemindAsync()
    {
        Retry.StartLater();
        try
        {
            if (Manifest.IsStored)
                await ListAsync();
        }
#pragma warning disable CA1031 // The caller gets the exception of what has failed.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogUnfinished(e, Id, Manifest.State);
        }
    }
}
