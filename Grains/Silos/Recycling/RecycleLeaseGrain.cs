using Ingestion.Grains.Silos.Deciding;
using Ingestion.Grains.Silos.Shedding;
using Ingestion.Grains.Storage;
using Ingestion.Silos.Recycling;

namespace Ingestion.Grains.Silos.Recycling;

/// <inheritdoc cref="IRecycleLeaseGrain"/>
[Reclaimable(bytes: 3000, reads: 1)]
internal sealed class RecycleLeaseGrain(
    [PersistentState("recycle-lease", WireNames.Storage)] IPersistentState<RecycleLeaseState> stored, IClusterMembershipService membership, TimeProvider time)
    : Grain, IRecycleLeaseGrain
{
    private RecycleHolder? Holder => stored.State.Holder;

    public async Task<RecycleLease> TakeAsync(RecycleClaim claim)
    {
        var next = RecycleLeaseRules.Take(Holder, claim, Runs(Holder), time.GetUtcNow());
        await SaveAsync(next);
        return new RecycleLease(SiloAddress.FromParsableString(next.Silo), next.Until);
    }

    public Task ReleaseAsync(SiloAddress silo) => SaveAsync(RecycleLeaseRules.Release(Holder, silo));

    public async Task<string?> ReturnAsync(string seat, SiloAddress silo)
    {
        var before = Holder;
        var next = RecycleLeaseRules.Return(before, seat, silo);
        await SaveAsync(next);
        return next is null ? before?.Reason : null;
    }

    private bool Runs(RecycleHolder? holder) => holder is not null
        && membership.CurrentSnapshot.GetSiloStatus(SiloAddress.FromParsableString(holder.Silo)) is not (SiloStatus.None or SiloStatus.Dead);

    private Task SaveAsync(RecycleHolder? next) =>
        next == Holder ? Task.CompletedTask : stored.SaveAsync(new RecycleLeaseState { Holder = next }, _ => DeactivateOnIdle());
}
