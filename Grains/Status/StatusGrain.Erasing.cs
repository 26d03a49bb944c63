namespace Ingestion.Grains.Status;

/// <summary>How the journal forgets: a video that was removed, or everything.</summary>
internal sealed partial class StatusGrain
{
    // A removal is a request that its caller waits for; webhooks that can't be reached by then get less.
    private static readonly TimeSpan _handoverPatience = TimeSpan.FromSeconds(2);

    public async Task ForgetVideoAsync(string videoId)
    {
        await _journal.LoadAsync();
        using (var over = new CancellationTokenSource())
        {
            await Task.WhenAny(WaitForHandoverAsync(), Task.Delay(_handoverPatience, _time, over.Token));
            await over.CancelAsync();
        }

        await _journal.RewriteAsync(e => e.Forget(videoId));
        await Webhooks.ForgetVideoAsync(videoId);
    }

    public async Task<bool> EraseAsync()
    {
        await _journal.LoadAsync();
        var had = _journal.Epoch.Length > 0;
        await _journal.EraseAsync();
        await (_handover ??= NewHandover()).EraseAsync();
        _acknowledged = null;
        await Stored.ClearAsync();
        await _storedPlaces.ClearAsync();
        _presence.MoveTo(End);
        return had;
    }

    private async Task WaitForHandoverAsync()
    {
        await _findingTargets;
        if (_handover is not null)
            await _handover.WaitAsync();
    }
}
