using Ingestion.Uploads;

namespace Ingestion.Grains.Uploads;

/// <summary>How a record goes before its time: with its video, or with its owner.</summary>
internal sealed partial class UploadGrain
{
    public async Task ForgetVideoAsync()
    {
        if (Manifest is not { IsStored: true, Kind: not UploadKind.Partial } || Manifest.State is UploadState.None or UploadState.Open)
            return;
        await SaveAsync(UploadRules.Forget(Manifest, time.GetUtcNow()));
        Rest();
    }

    public async Task<bool> EraseAsync(string owner)
    {
        if (Manifest.State is UploadState.None || !OwnerMark.Is(Manifest.Owner, owner))
            return false;
        if (Manifest.State is UploadState.Open or UploadState.Completing or UploadState.Ending
            || Manifest is { State: UploadState.Completed, Kind: UploadKind.Partial })
            await CancelAsync(owner);
        if (Manifest.State is UploadState.Completing or UploadState.Ending)
            throw new InvalidOperationException($"The upload {Id} has not ended yet; it is erased when it has.");
        // A piece of a final upload, which is erased as well: whichever comes first, the bytes go.
        if (Manifest.IsHeld)
        {
            await store.DeleteAllAsync(Id, CancellationToken.None);
            await GrainFactory.GetGrain<IQuotaGrain>(owner).ReleaseAsync(Id);
        }

        if (Manifest.IsStored)
            await _stored.ClearStateAsync();
        else
            Manifest = new UploadManifest();
        Rest();
        return true;
    }
}
