using Ingestion.Grains.Storage;

namespace Ingestion.Grains.Uploads;

/// <summary>How the manifest changes.</summary>
internal sealed partial class UploadGrain
{
    /// <summary>
    /// Makes <paramref name="next"/> the manifest. Of an upload that survives its silo it is stored first, so that nothing is acknowledged that a
    /// crash would lose.
    /// </summary>
    private async Task SaveAsync(UploadManifest next)
    {
        if (next.IsStored)
            await stored.SaveAsync(next, EndActivation);
        else
            Manifest = next;
    }

    private void EndActivation(Exception unreadable)
    {
        LogUnfinished(unreadable, Id, Manifest.State);
        DeactivateOnIdle();
    }
}
