namespace Ingestion.Grains.Uploads;

/// <summary>How the manifest changes.</summary>
internal sealed partial class UploadGrain
{
    /// <summary>
    /// Makes <paramref name="next"/> the manifest. Of an upload that survives its silo it is stored first, so that nothing is acknowledged that a
    /// crash would lose. When that fails, what is stored is unknown, and read again.
    /// </summary>
    private async Task SaveAsync(UploadManifest next)
    {
        var before = Manifest;
        Manifest = next;
        if (!next.IsStored)
            return;
        try
        {
            await stored.WriteStateAsync();
        }
        catch
        {
            Manifest = before;
            await ReadAgainAsync();
            throw;
        }
    }

    private async Task ReadAgainAsync()
    {
        try
        {
            await stored.ReadStateAsync();
        }
#pragma warning disable CA1031 // Storage that can't be read either: the next activation will.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogUnfinished(e, Id, Manifest.State);
            DeactivateOnIdle();
        }
    }
}
