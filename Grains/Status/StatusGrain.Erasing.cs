namespace Ingestion.Grains.Status;

internal sealed partial class StatusGrain
{
    public async Task<bool> EraseAsync()
    {
        await _journal.LoadAsync();
        var had = _journal.Epoch.Length > 0;
        await _journal.EraseAsync();
        await (_handover ??= NewHandover()).EraseAsync();
        _acknowledged = null;
        await Stored.ClearAsync();
        return had;
    }
}
