using Ingestion.Grains.Storage;
using Ingestion.Grains.Webhooks;
using Ingestion.Status;
using Ingestion.Webhooks;

namespace Ingestion.Grains.Status;

/// <summary>What webhooks need of the journal: to get its entries, and to know what sockets have acknowledged.</summary>
internal sealed partial class StatusGrain
{
    // Unknown until an activation's first event, or the first acknowledgement of a terminal one: users who are only listened to must not bring
    // their webhook grain to life.
    private WebhookNeeds? _webhookNeeds;
    private JournalHandover? _handover;
    private Task _findingTargets = Task.CompletedTask;
    private bool _handoverWanted;
    private bool _areTargetsKnown;

    // Whose webhooks the events may be for: null until that is needed.
    private HashSet<string>? _tenants;
    private bool _isListed;
    private int _publishing;
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
        HandOver();
    }

    public async Task<DateTimeOffset?> CheckHandoverAsync()
    {
        await _journal.LoadAsync();
        HandOver();
        await WaitForHandoverAsync();
        if (_publishing > 0 || !_areTargetsKnown || _handover?.IsPending is true)
            return _time.GetUtcNow() + _checkPeriod;
        _isListed = false;
        return null;
    }

    long IHandoverJournal.KeepFrom
    {
        set => _journal.KeepFrom = value;
    }

    async Task<JournalPage> IHandoverJournal.ReadHeldAsync(Cursor after, int limit)
    {
        await _journal.LoadAsync();
        var end = End;
        var isLost = StatusRules.IsLost(after, end);
        return Page(isLost, end, await _journal.ReadHeldAsync(isLost ? 0 : after.Offset, limit));
    }

    /// <summary>Acknowledgements that come during a write share the next write.</summary>
    private async Task StoreAcknowledgedAsync() => await Stored.ChangeAsync(stored =>
    {
        var both = _acknowledged is null ? stored : stored.With(_acknowledged);
        return new StateChange<AcknowledgedState, bool>(both, true, Durable: !ReferenceEquals(both, stored));
    });

    /// <summary>
    /// Events that are for webhooks of many users: the user is listed before they are stored, so that a crash in between can't keep them here. A user
    /// with webhooks of their own is listed for as long as there are any.
    /// </summary>
    private async ValueTask ListForHandoverAsync(IReadOnlyList<StatusEvent> events)
    {
        var shared = await _shared.ListAsync();
        if (shared.Count == 0)
            return;
        foreach (var tenant in events.Select(e => e.Tenant).OfType<string>())
            _tenants?.Add(tenant);
        if (_isListed || !events.Any(e => shared.Any(target => WebhookKey.Covers(target.Key, e.Tenant))))
            return;
        var user = this.GetPrimaryKeyString();
        await GrainFactory.GetGrain<IWebhookIndexGrain>(WebhookShards.OfHandover(user)).AddAsync(user, _time.GetUtcNow() + _checkPeriod);
        _isListed = true;
    }

    /// <summary>Nothing waits for it: what fails is made up for by the next event, by a retry, or by the sweep of the webhook index.</summary>
    private void HandOver()
    {
        _handoverWanted = true;
        if (_findingTargets.IsCompleted)
            _findingTargets = FindTargetsAsync();
    }

    private async Task FindTargetsAsync()
    {
        try
        {
            while (_handoverWanted)
            {
                _handoverWanted = false;
                _areTargetsKnown = false;
                var targets = await ListTargetsAsync();
                _areTargetsKnown = true;
                if (targets.Count > 0 || _handover is not null)
                    (_handover ??= NewHandover()).Wake(targets);
                else
                    _journal.KeepFrom = long.MaxValue;
            }
        }
#pragma warning disable CA1031 // The event is in the journal and pushed, and the journal keeps it; what fails here is retried with the next one.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogWebhooksAsleep(e, this.GetPrimaryKeyString());
        }
    }

    private async ValueTask<IReadOnlyList<HandoverTarget>> ListTargetsAsync()
    {
        var needs = await GetNeedsAsync();
        var shared = await _shared.ListAsync();
        if (shared.Any(target => target.Key != WebhookKey.All))
            _tenants ??= await ReadTenantsAsync();
        var covering = shared.Where(target => target.Key == WebhookKey.All || _tenants!.Any(tenant => WebhookKey.Covers(target.Key, tenant)));
        return needs.HasFlag(WebhookNeeds.Events) ? [new HandoverTarget(this.GetPrimaryKeyString()), .. covering] : [.. covering];
    }

    private async Task<HashSet<string>> ReadTenantsAsync()
    {
        await _journal.LoadAsync();
        var tenants = new HashSet<string>();
        await _journal.ScanHeldBackwardsAsync(item =>
        {
            if (item.Item.Tenant is { } tenant)
                tenants.Add(tenant);
            return true;
        });
        return tenants;
    }

    private JournalHandover NewHandover() => new(
        this.GetPrimaryKeyString(), this, new CoalescedState<HandoverState>(_storage, GrainContext.GrainId, "handover"),
        GrainFactory, this.RegisterGrainTimer, _logger);

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
