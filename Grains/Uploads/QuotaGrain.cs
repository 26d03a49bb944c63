using Ingestion.Grains.Silos.Shedding;
using Ingestion.Grains.Storage;
using Ingestion.Uploads;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Concurrency;
using Orleans.Storage;

namespace Ingestion.Grains.Uploads;

/// <inheritdoc cref="IQuotaGrain"/>
/// <remarks>Reentrant, so that many uploads of a user at once share their writes. What dies with its request costs none.</remarks>
[Reentrant]
[Reclaimable(bytes: 3000, reads: 1)]
internal sealed class QuotaGrain : Grain, IQuotaGrain, IPinned
{
    private readonly CoalescedState<QuotaState> _quota;
    private readonly TimeProvider _time;

    public QuotaGrain([FromKeyedServices(WireNames.Storage)] IGrainStorage storage, IGrainContext context, TimeProvider time)
    {
        _time = time;
        _quota = new CoalescedState<QuotaState>(storage, context.GrainId, "quota")
        {
            Reloaded = (fresh, before) => QuotaRules.Reloaded(fresh, before, Now),
        };
    }

    // Until the state is read again, fleeting reservations are in what was there before.
    bool IPinned.IsPinned => _quota.InMemory is not { Fleeting.IsEmpty: true };

    private DateTimeOffset Now => _time.GetUtcNow();

    public override Task OnActivateAsync(CancellationToken cancellationToken) => _quota.LoadAsync();

    public Task<QuotaResult> ReserveAsync(string uploadId, long bytes, bool durable, QuotaLimits limits, DateTimeOffset until)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        // Fleeting reservations live as long as this activation; it must not be collected for being idle before they end.
        if (!durable)
            DelayDeactivation(until - Now);
        return _quota.ChangeAsync(state => QuotaRules.Reserve(state, uploadId, new QuotaReservation(bytes, until), durable, limits, Now));
    }

    public Task<QuotaResult> ReserveAheadAsync(string uploadId, long least, long wanted, bool durable, QuotaLimits limits, DateTimeOffset until)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(least);
        ArgumentOutOfRangeException.ThrowIfLessThan(wanted, least);
        if (!durable)
            DelayDeactivation(until - Now);
        return _quota.ChangeAsync(state => QuotaRules.ReserveAhead(state, uploadId, least, new QuotaReservation(wanted, until), durable, limits, Now));
    }

    public async Task CommitReservationAsync(string uploadId, long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        await _quota.ChangeAsync(state => QuotaRules.CommitReservation(state, uploadId, bytes, Now));
        AllowDeactivation();
    }

    public async Task ReleaseAsync(string uploadId)
    {
        await _quota.ChangeAsync(state => QuotaRules.Release(state, uploadId, Now));
        AllowDeactivation();
    }

    public Task ReturnAsync(string videoId, long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        return _quota.ChangeAsync(state => QuotaRules.Return(state, videoId, bytes, Now));
    }

    public Task EraseAsync() => _quota.ClearAsync();

    public async Task<QuotaUsage> GetUsageAsync()
    {
        await _quota.LoadAsync();
        return QuotaRules.Usage(_quota.Value, Now);
    }

    public async Task<IReadOnlyList<string>> ListUploadsAsync(string before, int count)
    {
        await _quota.LoadAsync();
        return QuotaRules.List(_quota.Value, before, count, Now);
    }

    private void AllowDeactivation()
    {
        // The write of another upload may have failed meanwhile; the next call reads the state again.
        if (_quota.IsLoaded && _quota.Value.Fleeting.IsEmpty)
            DelayDeactivation(TimeSpan.Zero);
    }
}
