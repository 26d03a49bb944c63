using Ingestion.Grains.Storage;
using Ingestion.Status;
using Orleans.Storage;

namespace Ingestion.Grains.Webhooks;

/// <summary>The events that were given up for one webhook. They are kept within the bounds of held events, and can be sent again.</summary>
internal sealed class DeadLetters(IGrainStorage storage, GrainId owner, string webhookId, TimeProvider time)
{
    private const int SegmentCapacity = 32;

    private readonly SegmentedLog<HeldEvent> _log = new(
        storage, owner, $"webhook-{webhookId}-dead", SegmentCapacity,
        new LogRetention<HeldEvent>((GapRules.MostHeld / SegmentCapacity) + 1, GapRules.LongestHeld, dead => dead.Event.At, time));

    public Task LoadAsync() => _log.LoadAsync();

    public Task AppendAsync(IReadOnlyList<HeldEvent> events) => events.Count == 0 ? Task.CompletedTask : _log.AppendAsync(events);

    /// <summary>How many there are.</summary>
    public async Task<int> CountAsync(DeliveryState state)
    {
        await _log.LoadAsync();
        return (int)Math.Max(_log.End - Math.Max(state.DeadFloor, _log.Begin - 1), 0);
    }

    /// <summary>Some of the oldest.</summary>
    public async Task<List<LogItem<HeldEvent>>> ReadAsync(DeliveryState state)
    {
        await _log.LoadAsync();
        return await _log.ReadForwardsAsync(state.DeadFloor, 2 * SegmentCapacity);
    }

    /// <summary>The newest, oldest first.</summary>
    public async Task<IReadOnlyList<StatusEvent>> ListAsync(DeliveryState state)
    {
        await _log.LoadAsync();
        var newest = await _log.ReadBackwardsAsync(_log.End + 1, DeliveryRules.MostDeadListed);
        return [.. Enumerable.Reverse(newest).Where(dead => dead.Offset > state.DeadFloor).Select(dead => dead.Item.Event)];
    }

    /// <summary>The newest one of an id; null when there is none.</summary>
    public async Task<HeldEvent?> FindAsync(DeliveryState state, string eventId)
    {
        await _log.LoadAsync();
        var all = await _log.ReadBackwardsAsync(_log.End + 1, GapRules.MostHeld);
        return all.FirstOrDefault(dead => dead.Offset > state.DeadFloor && dead.Item.Event.Id == eventId).Item;
    }

    /// <summary>Removes from storage what was sent again.</summary>
    public Task TrimAsync(DeliveryState state) => _log.TrimAsync(state.DeadFloor);

    /// <summary>Of a video that was removed, ids, types and times stay.</summary>
    public Task ForgetVideoAsync(string videoId) => _log.RewriteAsync(dead => dead.Forget(videoId));

    public Task RemoveAsync() => _log.RemoveAsync();
}
