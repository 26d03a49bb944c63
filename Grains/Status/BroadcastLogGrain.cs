using Ingestion.Grains.Silos.Shedding;
using Ingestion.Grains.Storage;
using Ingestion.Status;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Concurrency;
using Orleans.Storage;

namespace Ingestion.Grains.Status;

/// <inheritdoc cref="IBroadcastLogGrain"/>
[Reentrant]
[Reclaimable(bytes: 4000, reads: 1)]
internal sealed class BroadcastLogGrain : Grain, IBroadcastLogGrain
{
    private readonly CoalescedState<BroadcastLogState> _log;
    private readonly TimeProvider _time;

    public BroadcastLogGrain([FromKeyedServices(WireNames.Storage)] IGrainStorage storage, IGrainContext context, TimeProvider time)
    {
        _time = time;
        _log = new CoalescedState<BroadcastLogState>(storage, context.GrainId, "broadcasts");
    }

    public override Task OnActivateAsync(CancellationToken cancellationToken) => _log.LoadAsync();

    public Task<KeptBroadcast> AppendAsync(string channel, Broadcast broadcast) =>
        _log.ChangeAsync(state => BroadcastLogRules.Append(state, channel, broadcast, _time.GetUtcNow()));

    public async Task<BroadcastPage> ReadAsync(long after)
    {
        await _log.LoadAsync();
        return BroadcastLogRules.Read(_log.Value, after, _time.GetUtcNow());
    }
}
