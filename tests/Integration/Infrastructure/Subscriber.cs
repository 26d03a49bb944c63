using Ingestion.Status;

namespace Ingestion.Tests.Integration.Infrastructure;

/// <summary>
/// An observer in one silo that renews its lease and, when the grain does not know it or is ahead, subscribes again from its last entry: what
/// a socket does, in quick time.
/// </summary>
internal sealed class Subscriber : IStatusObserver, IAsyncDisposable
{
    private static readonly TimeSpan _renewPeriod = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private readonly IGrainFactory _grains;
    private readonly IStatusGrain _grain;
    private readonly IStatusObserver _self;
    private readonly CancellationTokenSource _ended = new();
    private readonly List<JournalEntry> _entries = [];
    private Task _renewing = Task.CompletedTask;
    private string _epoch = Cursor.EmptyEpoch;

    private Subscriber(IGrainFactory grains, string user)
    {
        _grains = grains;
        _grain = grains.GetGrain<IStatusGrain>(user);
        _self = grains.CreateObjectReference<IStatusObserver>(this);
    }

    /// <summary>What it received, each entry once.</summary>
    public JournalEntry[] Entries
    {
        get
        {
            lock (_gate)
                return [.. _entries];
        }
    }

    private Cursor Seen
    {
        get
        {
            lock (_gate)
                return new Cursor(_epoch, _entries.Count == 0 ? 0 : _entries[^1].Offset);
        }
    }

    /// <summary>Subscribes; with <paramref name="renews"/> again whenever it has to.</summary>
    public static async Task<Subscriber> StartAsync(IGrainFactory grains, string user, bool renews = false)
    {
        var subscriber = new Subscriber(grains, user);
        await subscriber.SubscribeAsync();
        if (renews)
            subscriber._renewing = Task.Run(subscriber.RenewAsync);
        return subscriber;
    }

    public Task OnEntriesAsync(string epoch, IReadOnlyList<JournalEntry> entries)
    {
        Take(epoch, entries);
        return Task.CompletedTask;
    }

    public Task OnProgressAsync(StatusEvent progress) => Task.CompletedTask;

    public Task UntilAsync(int entries) => Eventually.TrueAsync(() => Task.FromResult(Entries.Length >= entries), $"{entries} entries come");

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await _renewing;
        _grains.DeleteObjectReference<IStatusObserver>(_self);
        _ended.Dispose();
    }

    private async Task SubscribeAsync()
    {
        var subscription = await _grain.SubscribeAsync(_self, Seen);
        Assert.Equal(SubscriptionMode.Replay, subscription.Mode);
        Take(subscription.Cursor.Epoch, subscription.Entries);
    }

    private async Task RenewAsync()
    {
        while (!_ended.IsCancellationRequested)
        {
            try
            {
                var renewal = await _grain.RenewAsync(_self);
                if (!renewal.Known || renewal.Cursor.Offset != Seen.Offset)
                    await SubscribeAsync();
                await Task.Delay(_renewPeriod, _ended.Token);
            }
            catch (Exception e) when (e is OrleansException or TimeoutException or OperationCanceledException)
            {
                // The grain's silo has gone: the next round finds the grain elsewhere.
            }
        }
    }

    /// <summary>Takes what follows; a gap is left to the next renewal.</summary>
    private void Take(string epoch, IReadOnlyList<JournalEntry> entries)
    {
        lock (_gate)
        {
            foreach (var entry in entries)
            {
                var next = _entries.Count == 0 ? 1 : _entries[^1].Offset + 1;
                if (entry.Offset != next)
                    continue;
                Assert.True(_epoch == Cursor.EmptyEpoch || _epoch == epoch, "the journal stays the same");
                _epoch = epoch;
                _entries.Add(entry);
            }
        }
    }
}
