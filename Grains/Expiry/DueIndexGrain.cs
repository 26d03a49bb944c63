using Orleans.Storage;

namespace Ingestion.Grains.Expiry;

/// <summary>
/// A shard of an index of those who are to be asked when their time comes. Whom, and how, is the derived grain's, which must be reentrant, so
/// that those who are listed at once share their writes, and are listed while others are being asked.
/// </summary>
internal abstract class DueIndexGrain : Grain
{
    // Who can't be asked (a silo or a store is down) is asked again then.
    private static readonly TimeSpan _retryPeriod = TimeSpan.FromMinutes(1);

    private readonly DuePages _due;
    private readonly DueSweep _sweep;
    private readonly TimeProvider _time;

    protected DueIndexGrain(IGrainStorage storage, IGrainContext context, string prefix, TimeProvider time)
    {
        _due = new DuePages(storage, context.GrainId, prefix);
        _sweep = new DueSweep(_due, TryAskAsync, time);
        _time = time;
    }

    public override Task OnActivateAsync(CancellationToken cancellationToken) => _due.LoadAsync();

    public Task AddAsync(string id, DateTimeOffset due) => _due.AddAsync(id, due, _time.GetUtcNow());

    public Task<int> SweepAsync() => _sweep.RunAsync();

    /// <summary>Asks one: when to ask again, or null when it is to be forgotten.</summary>
    protected abstract Task<DateTimeOffset?> AskAsync(string id);

    /// <summary>One could not be asked, and will be later.</summary>
    protected abstract void LogUnasked(Exception exception, string id);

    private async Task<DateTimeOffset?> TryAskAsync(string id)
    {
        try
        {
            return await AskAsync(id);
        }
#pragma warning disable CA1031 // Whatever fails for one must not keep the others from their turn.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogUnasked(e, id);
            return _time.GetUtcNow() + _retryPeriod;
        }
    }
}
