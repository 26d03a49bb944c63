using Ingestion.Grains.Storage;
using Ingestion.Uploads;

namespace Ingestion.Grains.Uploads;

/// <summary>How the manifest changes.</summary>
internal sealed partial class UploadGrain
{
    private async Task LoadAsync()
    {
        if (_stored.IsLoaded)
            return;
        // The manifest of a form is in memory only, so that no activation can find one.
        if (MediaId.IsOfForm(Id))
            _stored.LoadNothing();
        else
            await _stored.LoadAsync();
        Continue();
    }

    /// <summary>Continues what a crash interrupted, outside this call.</summary>
    private void Continue()
    {
        _lease = Manifest.KeptLease;
        if (HasPendingWork)
            Retry.StartNow();
        ContinueJoining();
    }

    /// <summary>
    /// Makes <paramref name="next"/> the manifest. Of an upload that survives its silo it is stored first, so that nothing is acknowledged that a
    /// crash would lose.
    /// </summary>
    private async Task SaveAsync(UploadManifest next)
    {
        if (next.IsStored)
            await _stored.SaveAsync(next with { KeptLease = UploadRules.NoLease }, EndActivation);
        else
            Manifest = next;
    }

    /// <summary>
    /// The silo stops, and a request in another one writes: it goes on with its lease, which the next activation takes over. Before that one grants another
    /// lease, it removes this one from what is stored.
    /// </summary>
    private async Task TryKeepLeaseAsync()
    {
        if (!_writing || Manifest is not { IsStored: true, State: UploadState.Open })
            return;
        try
        {
            await _stored.SaveAsync(Manifest with { KeptLease = _lease }, EndActivation);
        }
#pragma warning disable CA1031 // Whatever fails: the request is interrupted then, and its client goes on from what was committed.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogLeaseNotKept(e, Id);
        }
    }

    private void EndActivation(Exception unreadable)
    {
        LogUnfinished(unreadable, Id, Manifest.State);
        DeactivateOnIdle();
    }
}
