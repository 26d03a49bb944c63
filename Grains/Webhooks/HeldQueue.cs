using Ingestion.Grains.Storage;
using Ingestion.Status;
using Orleans.Storage;

namespace Ingestion.Grains.Webhooks;

/// <summary>
/// The events that are held for one webhook, in the order in which they came; an event's place is its sequence. In storage are events that are not
/// through and a few more; in memory is a window of the oldest ones. All calls come from turns of the owning activation.
/// </summary>
internal sealed class HeldQueue
{
    // About 6 KB a segment.
    private const int SegmentCapacity = 32;

    // Segments go in runs, so that it costs a write only now and then.
    private const int TrimmedAtOnce = 4 * SegmentCapacity;

    private readonly SegmentedLog<HeldEvent> _log;
    private readonly List<LogItem<HeldEvent>> _window = [];
    private HashSet<string>? _recent;
    private Queue<string> _recentOrder = [];
    private long _loadedTo;
    private long _trimmedTo;
    private bool _isOpen;
    private Task _filling = Task.CompletedTask;

    public HeldQueue(IGrainStorage storage, GrainId owner, string webhookId) =>
        _log = new SegmentedLog<HeldEvent>(storage, owner, $"webhook-{webhookId}-held", SegmentCapacity) { Committed = OnCommitted };

    /// <summary>The oldest events that are not through.</summary>
    public IReadOnlyList<LogItem<HeldEvent>> Window => _window;

    /// <summary>Place of the newest one; null while it is not known, as after a failed write.</summary>
    public long? End => _log.IsLoaded ? _log.End : null;

    /// <summary>The same with the name of the queue, for readers. It must be loaded.</summary>
    public Cursor EndPlace => new(_log.Epoch.Length > 0 ? _log.Epoch : Cursor.EmptyEpoch, _log.End);

    /// <summary>Reads what must be known before anything else. Does nothing once that is known.</summary>
    public async Task LoadAsync(DeliveryState state)
    {
        await _log.LoadAsync();
        if (_isOpen)
            return;
        (_loadedTo, _trimmedTo, _isOpen) = (state.Floor, state.Floor, true);
    }

    /// <summary>Adds events. Returns once they are durable.</summary>
    public async Task AppendAsync(IReadOnlyList<HeldEvent> events)
    {
        try
        {
            await _log.AppendAsync(events);
        }
        catch
        {
            // They may be stored all the same.
            _recent = null;
            throw;
        }
    }

    /// <summary>
    /// The <paramref name="events"/> that are not among the newest already; a crash or a lost answer repeats them.
    /// </summary>
    public async Task<HeldEvent[]> NewOnesAsync(IEnumerable<HeldEvent> events)
    {
        var recent = _recent ?? await ReadRecentAsync();
        return [.. events.Where(held => !recent.Contains(held.Event.Id))];
    }

    /// <summary>Reads more of the oldest events into the window, if there is room.</summary>
    public Task FillAsync(DeliveryState state)
    {
        // An owner that reads acknowledges many at once.
        _window.RemoveAll(item => item.Offset <= state.Floor);
        // Two at once would read the same ones.
        if (_filling.IsCompleted)
            _filling = ReadMoreAsync(state);
        return _filling;
    }

    /// <summary>The oldest events that are not through: so many, or all. What memory does not have is read from storage, and not kept.</summary>
    public async Task<IReadOnlyList<LogItem<HeldEvent>>> ReadAsync(DeliveryState state, int count)
    {
        await FillAsync(state);
        bool IsLeft(LogItem<HeldEvent> item) => !DeliveryRules.IsThrough(state, item.Offset);
        if (_loadedTo >= _log.End || _window.Count(IsLeft) >= count)
            return [.. _window.Where(IsLeft).Take(count)];
        return [.. (await _log.ReadForwardsAsync(state.Floor, count + state.Done.Count)).Where(IsLeft).Take(count)];
    }

    /// <summary>It is through, and that is stored.</summary>
    public void Remove(long sequence) => _window.RemoveAll(item => item.Offset == sequence);

    /// <summary>Removes finished events from storage, except the newest, which identify repeated events.</summary>
    public async Task TrimAsync(DeliveryState state)
    {
        if (state.Floor - _trimmedTo < TrimmedAtOnce)
            return;
        _trimmedTo = state.Floor;
        await _log.TrimAsync(state.Floor - (2 * JournalHandover.PageSize));
    }

    /// <summary>Of a video that was removed, ids, types and times stay in storage. The window keeps what it has.</summary>
    public Task ForgetVideoAsync(string videoId) => _log.RewriteAsync(held => held.Forget(videoId));

    /// <summary>Removes everything.</summary>
    public Task RemoveAsync() => _log.RemoveAsync();

    private async Task ReadMoreAsync(DeliveryState state)
    {
        await LoadAsync(state);
        while (_window.Count <= DeliveryRules.WindowSize / 2 && _loadedTo < _log.End)
        {
            var end = _log.End;
            var items = await _log.ReadForwardsAsync(Math.Max(_loadedTo, state.Floor), DeliveryRules.WindowSize - _window.Count);
            // Meanwhile, what was just added may have come into the window.
            _window.AddRange(items.Where(item => item.Offset > _loadedTo && !DeliveryRules.IsThrough(state, item.Offset)));
            // Where there is none, its segment was lost.
            _loadedTo = Math.Max(_loadedTo, items.Count == 0 ? end : items[^1].Offset);
        }
    }

    private void OnCommitted(IReadOnlyList<LogItem<HeldEvent>> items)
    {
        foreach (var item in items)
        {
            Remember(item.Item.Event.Id);
            if (_loadedTo != item.Offset - 1 || _window.Count >= DeliveryRules.WindowSize)
                continue;
            _window.Add(item);
            _loadedTo = item.Offset;
        }
    }

    private async Task<HashSet<string>> ReadRecentAsync()
    {
        await _log.LoadAsync();
        var items = await _log.ReadBackwardsAsync(_log.End + 1, JournalHandover.PageSize);
        (_recent, _recentOrder) = ([], []);
        foreach (var item in Enumerable.Reverse(items))
            Remember(item.Item.Event.Id);
        return _recent;
    }

    private void Remember(string id)
    {
        if (_recent is null || !_recent.Add(id))
            return;
        _recentOrder.Enqueue(id);
        if (_recentOrder.Count > 2 * JournalHandover.PageSize)
            _recent.Remove(_recentOrder.Dequeue());
    }
}
