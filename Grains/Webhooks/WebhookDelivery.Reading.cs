using Ingestion.Webhooks;

namespace Ingestion.Grains.Webhooks;

/// <summary>What the owner reads of a webhook that is pulled. Nothing of it is sent; the ticks only keep the bounds.</summary>
internal sealed partial class WebhookDelivery
{
    // Readers wait for it; the next one makes another.
    private TaskCompletionSource _news = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Acknowledges what is before a place, and reads what waits behind it. Waits a while where nothing does.</summary>
    public async Task<PulledEvents> ReadAsync(Webhook webhook, WebhookPlace? after, int limit, TimeSpan wait)
    {
        await LoadAsync();
        if (after is { } place && !await TryAcknowledgeAsync(place))
            return PulledEvents.Refused(PullOutcome.PlaceUnknown);
        if (_news.Task.IsCompleted)
            _news = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var news = _news.Task;
        var page = await PageAsync(limit);
        if (page.IsEmpty && wait > TimeSpan.Zero && !_stopped)
        {
            await news.WaitAsync(wait, _time, _stopping)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            if (!_stopped)
                page = await PageAsync(limit);
        }

        return new PulledEvents(PullOutcome.Ok, BodiesOf(webhook, page), page.End, page.HasMore);
    }

    private async Task<bool> TryAcknowledgeAsync(WebhookPlace place)
    {
        if (!PullRules.IsKnown(_state.Value, _held.EndPlace, place))
            return false;
        // A webhook that is being removed is written to no more.
        if (!_stopped && await ChangeAsync(state => PullRules.Acknowledge(state, place)))
            RunSoon();
        return true;
    }

    private async Task<PulledPage> PageAsync(int limit)
    {
        await LoadAsync();
        // What is acknowledged or lost meanwhile is of the next page.
        var state = _state.Value;
        var oldest = await _held.ReadAsync(state, limit + 1);
        await LoadAsync();
        return PullRules.PageOf(state, oldest, _held.EndPlace, limit);
    }

    private List<byte[]> BodiesOf(Webhook webhook, PulledPage page)
    {
        var bodies = page.Events.Select(item => BodyOf(webhook, item.Offset, item.Item)).ToList();
        if (page.Gap is { } gap)
            bodies.Insert(page.GapAt, BodyOf(gap));
        return bodies;
    }
}
