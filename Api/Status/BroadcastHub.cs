using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Ingestion.Status;

namespace Ingestion.Api.Status;

/// <summary>The broadcasts of this silo: one observer for all of its sockets, and one frame.</summary>
internal sealed class BroadcastHub(IGrainFactory grains, BackgroundCalls background, SocketMetrics metrics) : IBroadcastObserver
{
    // As many as there are processors, so that all of them send.
    private static readonly int _shards = Environment.ProcessorCount;

    private readonly ConcurrentDictionary<string, ConcurrentDictionary<StatusSocket, byte>[]> _channels = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private IBroadcastObserver? _self;

    /// <summary>The socket hears these channels from now on.</summary>
    public async Task JoinAsync(StatusSocket socket, IEnumerable<string> channels)
    {
        foreach (var channel in channels)
        {
            var shards = _channels.GetOrAdd(channel, static _ => [.. Enumerable.Range(0, _shards).Select(_ => new ConcurrentDictionary<StatusSocket, byte>())]);
            ShardOf(shards, socket).TryAdd(socket, 0);
            metrics.Joined(channel);
            await grains.GetGrain<IBroadcastGrain>(channel).ListenAsync(Self());
        }
    }

    public void Leave(StatusSocket socket, IEnumerable<string> channels)
    {
        foreach (var channel in channels)
        {
            if (_channels.TryGetValue(channel, out var shards) && ShardOf(shards, socket).TryRemove(socket, out _))
                metrics.Left(channel);
        }
    }

    /// <summary>Called by the registry's clock every few seconds; a channel without sockets is not listened to any longer.</summary>
    public void Renew()
    {
        foreach (var (channel, shards) in _channels)
        {
            var grain = grains.GetGrain<IBroadcastGrain>(channel);
            background.Run(() => Array.TrueForAll(shards, shard => shard.IsEmpty) ? grain.LeaveAsync(Self()) : grain.ListenAsync(Self()));
        }
    }

    /// <summary>Broadcasts come one after the other, and each is told to all before the next: every socket gets them in order.</summary>
    public Task OnBroadcastAsync(string channel, Broadcast broadcast)
    {
        metrics.Broadcast();
        if (!_channels.TryGetValue(channel, out var shards))
            return Task.CompletedTask;
        var frame = Frames.Broadcast(channel, broadcast);
        return Task.WhenAll(shards.Select(shard => Task.Run(() => Tell(shard, frame))));
    }

    private static void Tell(ConcurrentDictionary<StatusSocket, byte> sockets, byte[] frame)
    {
        foreach (var (socket, _) in sockets)
            socket.SendShared(frame);
    }

    private static ConcurrentDictionary<StatusSocket, byte> ShardOf(ConcurrentDictionary<StatusSocket, byte>[] shards, StatusSocket socket) =>
        shards[(uint)RuntimeHelpers.GetHashCode(socket) % (uint)shards.Length];

    private IBroadcastObserver Self()
    {
        lock (_gate)
            return _self ??= grains.CreateObjectReference<IBroadcastObserver>(this);
    }
}
