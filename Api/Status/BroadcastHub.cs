using System.Collections.Concurrent;
using Ingestion.Status;

namespace Ingestion.Api.Status;

/// <summary>The broadcasts of this silo: one observer for all of its sockets, and one frame.</summary>
internal sealed class BroadcastHub(IGrainFactory grains, BackgroundCalls background, SocketMetrics metrics) : IBroadcastObserver
{
    private readonly ConcurrentDictionary<string, ConcurrentDictionary<StatusSocket, byte>> _channels = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private IBroadcastObserver? _self;

    /// <summary>The socket hears these channels from now on.</summary>
    public async Task JoinAsync(StatusSocket socket, IEnumerable<string> channels)
    {
        foreach (var channel in channels)
        {
            var sockets = _channels.GetOrAdd(channel, static _ => new ConcurrentDictionary<StatusSocket, byte>());
            sockets.TryAdd(socket, 0);
            metrics.Joined(channel);
            await grains.GetGrain<IBroadcastGrain>(channel).ListenAsync(Self());
        }
    }

    public void Leave(StatusSocket socket, IEnumerable<string> channels)
    {
        foreach (var channel in channels)
        {
            if (_channels.TryGetValue(channel, out var sockets) && sockets.TryRemove(socket, out _))
                metrics.Left(channel);
        }
    }

    /// <summary>Called by the registry's clock every few seconds; a channel without sockets is not listened to any longer.</summary>
    public void Renew()
    {
        foreach (var (channel, sockets) in _channels)
        {
            var grain = grains.GetGrain<IBroadcastGrain>(channel);
            background.Run(() => sockets.IsEmpty ? grain.LeaveAsync(Self()) : grain.ListenAsync(Self()));
        }
    }

    public Task OnBroadcastAsync(string channel, Broadcast broadcast)
    {
        metrics.Broadcast();
        if (!_channels.TryGetValue(channel, out var sockets))
            return Task.CompletedTask;
        var frame = Frames.Broadcast(channel, broadcast);
        foreach (var (socket, _) in sockets)
            socket.SendShared(frame);
        return Task.CompletedTask;
    }

    private IBroadcastObserver Self()
    {
        lock (_gate)
            return _self ??= grains.CreateObjectReference<IBroadcastObserver>(this);
    }
}
