using System.Collections.Concurrent;
using Ingestion.Api.Status.Codecs;
using Ingestion.Api.Status.Sockets;
using Ingestion.Status;

namespace Ingestion.Api.Status.Broadcasts;

/// <summary>The broadcasts of this silo: one observer for all of its sockets, and one frame.</summary>
internal sealed class BroadcastHub(IGrainFactory grains, BackgroundCalls background, SocketMetrics metrics) : IBroadcastObserver
{
    // Sockets that a worker takes at a time: few enough that all workers end together, whatever else keeps a processor busy.
    private const int Portion = 128;

    private readonly ConcurrentDictionary<string, SocketSet> _channels = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private IBroadcastObserver? _self;

    /// <summary>The socket receives these channels from now on.</summary>
    public async Task JoinAsync(StatusSocket socket, IEnumerable<string> channels)
    {
        foreach (var channel in channels)
        {
            if (_channels.GetOrAdd(channel, static _ => new SocketSet()).Add(socket))
                metrics.Joined(channel);
            await grains.GetGrain<IBroadcastGrain>(channel).ListenAsync(Self());
        }
    }

    public void Leave(StatusSocket socket, IEnumerable<string> channels)
    {
        foreach (var channel in channels)
        {
            if (_channels.TryGetValue(channel, out var sockets) && sockets.Remove(socket))
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

    /// <summary>Broadcasts arrive one at a time, and each is delivered to all sockets before the next: every socket gets them in order.</summary>
    public Task OnBroadcastAsync(string channel, Broadcast broadcast)
    {
        metrics.Broadcast();
        return _channels.TryGetValue(channel, out var sockets)
            ? DeliverAsync(sockets.Snapshot(), new SharedFrame(codec => codec.Broadcast(channel, broadcast)))
            : Task.CompletedTask;
    }

    /// <summary>By all processors at once.</summary>
    private async Task DeliverAsync(StatusSocket[] sockets, SharedFrame frame)
    {
        var next = 0;
        var workers = new Task[Math.Min(Environment.ProcessorCount, 1 + (sockets.Length / Portion))];
        for (var i = 0; i < workers.Length; i++)
            workers[i] = Task.Run(Work);
        await Task.WhenAll(workers);

        void Work()
        {
            for (int from; (from = Interlocked.Add(ref next, Portion) - Portion) < sockets.Length;)
                Deliver(sockets.AsSpan(from, Math.Min(Portion, sockets.Length - from)), frame);
        }
    }

    private void Deliver(ReadOnlySpan<StatusSocket> sockets, SharedFrame frame)
    {
        var sent = 0;
        foreach (var socket in sockets)
            sent += socket.SendShared(frame) ? 1 : 0;
        metrics.Sent(StatusPriority.Critical, sent);
    }

    private IBroadcastObserver Self()
    {
        lock (_gate)
            return _self ??= grains.CreateObjectReference<IBroadcastObserver>(this);
    }
}
