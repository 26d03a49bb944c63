using Ingestion.Grains.Storage;
using Ingestion.Status;
using Ingestion.Webhooks;

namespace Ingestion.Grains.Status;

/// <summary>What the user's webhooks need of the journal: to be woken by its events, and to know what sockets have acknowledged.</summary>
internal sealed partial class StatusGrain
{
    // Unknown until an activation's first event, or the first acknowledgement of a terminal one: users who are only listened to must not bring
    // their webhook grain to life.
    private WebhookNeeds? _webhookNeeds;
    private Task _waking = Task.CompletedTask;
    private AcknowledgedState? _acknowledged;
    private CoalescedState<AcknowledgedState>? _stored;

    private IWebhookGrain Webhooks => GrainFactory.GetGrain<IWebhookGrain>(this.GetPrimaryKeyString());

    private CoalescedState<AcknowledgedState> Stored => _stored ??= new CoalescedState<AcknowledgedState>(_storage, GrainContext.GrainId, "acknowledged");

    public async Task AcknowledgeAsync(Acknowledgement acknowledgement)
    {
        await _journal.LoadAsync();
        // An acknowledgement of another journal counts for nothing.
        if (StatusRules.IsLost(acknowledgement.Cursor, End))
            return;
        var added = AcknowledgedState.Of(acknowledgement);
        _acknowledged = _acknowledged?.With(added) ?? added;
        if ((await GetNeedsAsync()).HasFlag(WebhookNeeds.Acknowledgements))
            await StoreAcknowledgedAsync();
    }

    public async Task<bool> IsAcknowledgedAsync(Cursor cursor)
    {
        await Stored.LoadAsync();
        return Stored.Value.Has(cursor) || _acknowledged?.Has(cursor) is true;
    }

    public async Task WebhooksNeedAsync(WebhookNeeds needs)
    {
        _webhookNeeds = needs;
        if (needs.HasFlag(WebhookNeeds.Acknowledgements))
            await StoreAcknowledgedAsync();
    }

    /// <summary>Those that come while one is being written share the next write.</summary>
    private async Task StoreAcknowledgedAsync() => await Stored.ChangeAsync(stored =>
    {
        var both = _acknowledged is null ? stored : stored.With(_acknowledged);
        return new StateChange<AcknowledgedState, bool>(both, true, Durable: !ReferenceEquals(both, stored));
    });

    /// <summary>Nothing waits for it: a wake-up that fails is made up for by the next event, or by the sweep of the webhook index.</summary>
    private void WakeWebhooks()
    {
        if (_webhookNeeds?.HasFlag(WebhookNeeds.Events) is not false && _waking.IsCompleted)
            _waking = WakeWebhooksAsync();
    }

    private async Task WakeWebhooksAsync()
    {
        try
        {
            if ((await GetNeedsAsync()).HasFlag(WebhookNeeds.Events))
                await Webhooks.WakeAsync();
        }
#pragma warning disable CA1031 // The event is in the journal and pushed; a wake-up that fails here is retried with the next one.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogWebhooksAsleep(e, this.GetPrimaryKeyString());
        }
    }

    /// <summary>Read once in the life of an activation, which is notified of changes.</summary>
    private async ValueTask<WebhookNeeds> GetNeedsAsync()
    {
        if (_webhookNeeds is null)
        {
            var needs = await Webhooks.GetNeedsAsync();
            // A notification that came meanwhile is newer than the answer.
            _webhookNeeds ??= needs;
        }

        return _webhookNeeds.Value;
    }
}
