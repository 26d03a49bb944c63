using Ingestion.Auth;
using Ingestion.Grains.Silos.Shedding;
using Ingestion.Grains.Storage;
using Ingestion.Silos;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Concurrency;
using Orleans.Storage;

namespace Ingestion.Grains.Auth;

/// <inheritdoc cref="IDenyListGrain"/>
[Reentrant]
[Reclaimable(bytes: 4000, reads: 1, Never = true)] // One, which each silo asks time and again.
internal sealed class DenyListGrain : Grain, IDenyListGrain
{
    private readonly CoalescedState<DenyListState> _list;
    private readonly ISiloAgentClient _silos;
    private readonly TimeProvider _time;

    public DenyListGrain([FromKeyedServices(WireNames.Storage)] IGrainStorage storage, IGrainContext context, ISiloAgentClient silos, TimeProvider time)
    {
        (_silos, _time) = (silos, time);
        _list = new CoalescedState<DenyListState>(storage, context.GrainId, "deny-list");
    }

    private DateTimeOffset Now => _time.GetUtcNow();

    public override Task OnActivateAsync(CancellationToken cancellationToken) => _list.LoadAsync();

    public async Task<DenyList?> GetAsync(long knownVersion)
    {
        await _list.LoadAsync();
        return _list.Value.Version == knownVersion ? null : new DenyList(_list.Value.Version, DenyListRules.Live(_list.Value, Now));
    }

    public async Task<Denial?> AddAsync(Denial denial)
    {
        var added = await _list.ChangeAsync(state => DenyListRules.Add(state, denial, Now));
        if (added is not null)
            await _silos.RefreshDeniedAsync();
        return added;
    }

    public async Task<bool> RemoveAsync(string id)
    {
        var removed = await _list.ChangeAsync(state => DenyListRules.Remove(state, id, Now));
        if (removed)
            await _silos.RefreshDeniedAsync();
        return removed;
    }
}
