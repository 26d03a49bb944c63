using System.Collections.Concurrent;
using Ingestion.Api.Status.Codecs;
using Ingestion.Api.Status.Sockets;
using Ingestion.Status;

namespace Ingestion.Api.Status.Broadcasts;

/// <summary>
/// The broadcasts of this silo: one observer for all of its listeners, and one frame for all sockets. It knows those of the last minutes, so that a listener
/// who was away gets what it missed, and looks every few seconds whether one was lost on the way here.
/// </summary>
internal sealed class BroadcastHub(IGrainFactory grains, BackgroundCalls background, SocketMetrics metrics) : IBroadcastObserver, IDisposable
{
    // Sockets that a worker takes at a time: few enough that all workers end together, whatever else keeps a processor busy.
    private const int Portion = 128;

    // As many as the log keeps.
    private const int MostKept = 64;

    // A broadcast that has overtaken another one waits so long for the log.
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<string, SocketSet> _channels = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<BroadcastWatch, byte> _watches = new();
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _turn = new(1);
    private readonly List<KeptBroadcast> _kept = [];
    private Task? _reading;
    private long _begin;
    private long _end;
    private IBroadcastObserver? _self;

    /// <summary>The number of the newest one: a listener that begins now has missed none up to it.</summary>
    public long End
    {
        get
        {
            lock (_gate)
                return _end;
        }
    }

    /// <summary>
    /// The socket receives these channels from now on, and first what came after the one with the number <paramref name="after"/>; null: it has not been
    /// there before.
    /// </summary>
    public async Task JoinAsync(StatusSocket socket, IReadOnlyCollection<string> channels, long? after)
    {
        if (channels.Count == 0)
            return;
        await KnowAsync();
        lock (_gate)
        {
            // Within the gate: what comes meanwhile is delivered afterwards.
            foreach (var kept in after is { } number ? After(channels, number) : [])
                socket.SendShared(FrameOf(kept));
            foreach (var channel in channels)
            {
                if (_channels.GetOrAdd(channel, static _ => new SocketSet()).Add(socket))
                    metrics.Joined(channel);
            }
        }

        await ListenAsync(channels);
    }

    public void Leave(StatusSocket socket, IEnumerable<string> channels)
    {
        foreach (var channel in channels)
        {
            if (_channels.TryGetValue(channel, out var sockets) && sockets.Remove(socket))
                metrics.Left(channel);
        }
    }

    /// <summary>For a listener that reads at its own pace: it is woken when there is something new, until it is disposed of.</summary>
    public async Task<BroadcastWatch> WatchAsync(IReadOnlyCollection<string> channels, Action wake)
    {
        var watch = new BroadcastWatch(this, channels, wake);
        if (channels.Count == 0)
            return watch;
        await KnowAsync();
        _watches.TryAdd(watch, 0);
        await ListenAsync(channels);
        return watch;
    }

    internal void Leave(BroadcastWatch watch) => _watches.TryRemove(watch, out _);

    /// <summary>What these channels got after the one with this number, as far as it is kept.</summary>
    internal IReadOnlyList<KeptBroadcast> Read(IReadOnlyCollection<string> channels, long after)
    {
        lock (_gate)
            return [.. After(channels, after)];
    }

    /// <summary>Called by the registry's clock every few seconds; a channel without listeners is not listened to any longer.</summary>
    public void Renew()
    {
        var watched = _watches.Keys.SelectMany(watch => watch.Channels).ToHashSet();
        foreach (var channel in _channels.Keys.Union(watched))
        {
            var grain = grains.GetGrain<IBroadcastGrain>(channel);
            var isEmpty = !watched.Contains(channel) && _channels.TryGetValue(channel, out var sockets) && sockets.IsEmpty;
            background.Run(() => isEmpty ? grain.LeaveAsync(Self()) : grain.ListenAsync(Self()));
        }

        if (_reading is { IsCompletedSuccessfully: true })
            background.Run(CatchUpAsync);
    }

    /// <summary>
    /// Broadcasts arrive one at a time, and each is delivered to all sockets before the next. One that has overtaken another one follows it: who comes back
    /// says the number of the last one that it has.
    /// </summary>
    public async Task OnBroadcastAsync(string channel, Broadcast broadcast)
    {
        if (IsEarly(broadcast))
            await TryCatchUpAsync();
        await TakeAllAsync([new KeptBroadcast(channel, broadcast)]);
    }

    public void Dispose() => _turn.Dispose();

    /// <summary>Whether the one before it in its channel has not come.</summary>
    private bool IsEarly(Broadcast broadcast)
    {
        lock (_gate)
        {
            var isForgotten = _kept.Count == MostKept && broadcast.Previous < _kept[0].Broadcast.Number;
            return broadcast.Previous > _begin && !isForgotten && !_kept.Exists(known => known.Broadcast.Number == broadcast.Previous);
        }
    }

    /// <summary>All of these, and nothing in between.</summary>
    private async Task TakeAllAsync(IEnumerable<KeptBroadcast> broadcasts)
    {
        await _turn.WaitAsync();
        try
        {
            foreach (var broadcast in broadcasts)
                await TakeAsync(broadcast);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>What is not known yet goes to all who listen.</summary>
    private Task TakeAsync(KeptBroadcast broadcast)
    {
        StatusSocket[] sockets;
        lock (_gate)
        {
            if (!TryKeep(broadcast))
                return Task.CompletedTask;
            sockets = _channels.TryGetValue(broadcast.Channel, out var set) ? set.Snapshot() : [];
        }

        metrics.Broadcast();
        foreach (var (watch, _) in _watches)
        {
            if (watch.Channels.Contains(broadcast.Channel))
                watch.Wake();
        }

        return DeliverAsync(sockets, FrameOf(broadcast));
    }

    /// <summary>False when it is known.</summary>
    private bool TryKeep(KeptBroadcast broadcast)
    {
        // Of a silo of before 0.4, which does not number them.
        if (broadcast.Broadcast.Number == 0)
            return true;
        if (_kept.Exists(known => known.Broadcast.Id == broadcast.Broadcast.Id))
            return false;
        // They may overtake each other on the way.
        var place = _kept.FindLastIndex(known => known.Broadcast.Number < broadcast.Broadcast.Number) + 1;
        if (place == 0 && _kept.Count == MostKept)
            return false;
        _kept.Insert(place, broadcast);
        if (_kept.Count > MostKept)
            _kept.RemoveAt(0);
        _end = Math.Max(_end, broadcast.Broadcast.Number);
        return true;
    }

    /// <summary>A number beyond the end is of a log that is lost.</summary>
    private IEnumerable<KeptBroadcast> After(IReadOnlyCollection<string> channels, long number) =>
        _kept.Where(kept => channels.Contains(kept.Channel) && (kept.Broadcast.Number > number || number > _end));

    /// <summary>Reads the kept broadcasts once, before the first listener is served. They are in the hub from then on and wake no listener.</summary>
    private Task KnowAsync()
    {
        lock (_gate)
            return _reading is null or { IsFaulted: true } or { IsCanceled: true } ? _reading = FirstAsync() : _reading;
    }

    private async Task FirstAsync()
    {
        var page = await Log.ReadAsync(0);
        lock (_gate)
        {
            foreach (var kept in page.Broadcasts)
                TryKeep(kept);
            (_begin, _end) = (page.End, Math.Max(_end, page.End));
        }
    }

    /// <summary>A push is one-way: what was lost is found here.</summary>
    private async Task CatchUpAsync() => await TakeAllAsync((await Log.ReadAsync(Gapless())).Broadcasts);

    /// <summary>One that comes out of order is better than none.</summary>
    private async Task TryCatchUpAsync()
    {
        try
        {
            await CatchUpAsync().WaitAsync(_patience);
        }
        catch (Exception e) when (e is OrleansException or TimeoutException or StateUnavailableException)
        {
            // The next look at the log brings what is missing.
        }
    }

    /// <summary>The number up to which nothing is missing: a smaller one may have been lost before a larger one that came.</summary>
    private long Gapless()
    {
        lock (_gate)
        {
            if (_kept.Count == 0)
                return _end;
            var last = _kept[0].Broadcast.Number;
            foreach (var kept in _kept)
                last += kept.Broadcast.Number == last + 1 ? 1 : 0;
            return last;
        }
    }

    private IBroadcastLogGrain Log => grains.GetGrain<IBroadcastLogGrain>(0);

    private async Task ListenAsync(IEnumerable<string> channels)
    {
        foreach (var channel in channels)
            await grains.GetGrain<IBroadcastGrain>(channel).ListenAsync(Self());
    }

    private static SharedFrame FrameOf(KeptBroadcast kept) => new(codec => codec.Broadcast(kept.Channel, kept.Broadcast));

    /// <summary>By all processors at once.</summary>
    private async Task DeliverAsync(StatusSocket[] sockets, SharedFrame frame)
    {
        if (sockets.Length == 0)
            return;
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
