using Ingestion.Grains.Silos.Shedding;
using Ingestion.Status;
using Microsoft.Extensions.Logging;
using Orleans.Utilities;

namespace Ingestion.Grains.Status;

/// <inheritdoc cref="IBroadcastGrain"/>
[Reclaimable(bytes: 2500, reads: 0, Never = true)] // The silos that listen are nowhere else.
internal sealed class BroadcastGrain(ILogger<BroadcastGrain> logger) : Grain, IBroadcastGrain
{
    private readonly ObserverManager<IBroadcastObserver, IBroadcastObserver> _silos = new(ObserverLease.Time, logger);

    public async Task<int> PublishAsync(Broadcast broadcast)
    {
        var channel = this.GetPrimaryKeyString();
        await _silos.Notify(silo => silo.OnBroadcastAsync(channel, broadcast));
        return _silos.Count;
    }

    public Task ListenAsync(IBroadcastObserver observer)
    {
        _silos.Subscribe(observer, observer);
        return Task.CompletedTask;
    }

    public Task LeaveAsync(IBroadcastObserver observer)
    {
        _silos.Unsubscribe(observer);
        return Task.CompletedTask;
    }
}
