using System.Security.Cryptography;
using Ingestion.Grains.Silos.Shedding;
using Ingestion.Grains.Storage;
using Ingestion.Status;
using Ingestion.Webhooks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;
using Orleans.Storage;

namespace Ingestion.Grains.Webhooks;

/// <inheritdoc cref="IWebhookGrain"/>
/// <remarks>
/// Reentrant: a slow receiver must hold up neither the owner's calls nor the other receivers. Collected soon, as most users have no webhook; for
/// the others see <see cref="Wake"/>.
/// </remarks>
[Reentrant]
[CollectionAgeLimit(Minutes = 2)]
[Reclaimable(bytes: 2900, reads: 1)]
internal sealed partial class WebhookGrain : Grain, IWebhookGrain, IWebhookEventsGrain, IDeliveryOwner, IPinned
{
    private const int SecretBytes = 32;

    private readonly CoalescedState<WebhookList> _list;
    private readonly Dictionary<string, WebhookDelivery> _deliveries = [];
    private readonly IGrainStorage _storage;
    private readonly WebhookOptions _options;
    private readonly IWebhookSealer _sealer;
    private readonly TimeProvider _time;
    private readonly ILogger<WebhookGrain> _logger;
    private readonly HashSet<string> _removing = [];
    private Task _sendingNeeds = Task.CompletedTask;
    private WebhookNeeds? _sentNeeds;

    public WebhookGrain(
        [FromKeyedServices(WireNames.Storage)] IGrainStorage storage, IGrainContext context, IOptions<WebhookOptions> options, IWebhookSealer sealer,
        TimeProvider time, ILogger<WebhookGrain> logger)
    {
        (_storage, _options, _sealer, _time, _logger) = (storage, options.Value, sealer, time, logger);
        _list = new CoalescedState<WebhookList>(storage, context.GrainId, "webhooks")
        {
            IsNothing = list => list is { Webhooks.Count: 0, Notices.Count: 0, Listed: false },
        };
    }

    string IDeliveryOwner.Key => Key;

    // The timers of later attempts end with the activation.
    bool IPinned.IsPinned => _deliveries.Count > 0;

    private DateTimeOffset Now => _time.GetUtcNow();

    private string Key => this.GetPrimaryKeyString();

    private bool IsShared => WebhookKey.IsShared(Key);

    private IStatusGrain Journal => GrainFactory.GetGrain<IStatusGrain>(Key);

    public override Task OnActivateAsync(CancellationToken cancellationToken) => _list.LoadAsync();

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) =>
        Task.WhenAll(_deliveries.Values.Select(delivery => delivery.StopAsync()));

    public async Task<IReadOnlyList<WebhookInfo>> ListAsync() => await Task.WhenAll((await ReadAsync()).Webhooks.Select(DescribeAsync));

    public Task<WebhookAdded?> AddAsync(NewWebhook request) => AddOnceAsync(MediaId.New(Now), request);

    public async Task<WebhookAdded?> AddOnceAsync(string webhookId, NewWebhook request)
    {
        if (WebhookRules.Find(await ReadAsync(), webhookId) is { } made)
            return new WebhookAdded(await DescribeAsync(made), _sealer.Open(made.Secret, Key) ?? "");
        var start = IsShared ? new Cursor(Cursor.EmptyEpoch, 0) : await EndAsync(Journal);
        var secret = request.IsPulled ? "" : NewSecret();
        var wish = request with { Headers = Sealed(request.Headers) };
        var webhook = new Webhook(webhookId, wish, Now, start, secret.Length == 0 ? "" : _sealer.Seal(secret, Key));
        if (await StoreAsync(webhook) is AddOutcome.Full)
            return null;
        await PublishNewAsync(webhook);
        LogAdded(webhook.Id, Key);
        return new WebhookAdded(await DescribeAsync(webhook), secret);
    }

    public async Task<bool> RemoveAsync(string webhookId)
    {
        if (WebhookRules.Find(await ReadAsync(), webhookId) is not { } webhook)
            return false;
        // From now on nothing is added to what is removed.
        _removing.Add(webhookId);
        try
        {
            // What is held goes first: should a crash come in between, the webhook is still there to be removed.
            await DeliveryOf(webhook).RemoveAsync();
            await ChangeAsync(list => WebhookRules.Remove(list, webhookId));
        }
        finally
        {
            _deliveries.Remove(webhookId);
            _removing.Remove(webhookId);
        }

        LogRemoved(webhookId, Key);
        // With the last one the record goes. The index looks here once more, and finds nothing.
        await ChangeAsync(WebhookRules.Unlist);
        await SendNeedsAsync();
        return true;
    }

    public async Task<WebhookInfo?> GetAsync(string webhookId) =>
        WebhookRules.Find(await ReadAsync(), webhookId) is { } webhook ? await DescribeAsync(webhook) : null;

    public async Task<WebhookChanged> ChangeAsync(string webhookId, WebhookChange change)
    {
        change = change with { Headers = Sealed(change.Headers) };
        var isChanged = await ChangeAsync(list => WebhookRules.Change(list, webhookId, change, Now));
        if (WebhookRules.Find(await ReadAsync(), webhookId) is not { } webhook)
            return new WebhookChanged(null);
        if (!isChanged)
            return new WebhookChanged(null, HasTooManyHeaders: true);
        LogChanged(webhookId, Key, webhook.DisabledAt is null);
        if (change.Enabled is true || change.Url is not null)
            await DeliveryOf(webhook).HealAsync();
        DeliveryOf(webhook).Wake();
        return new WebhookChanged(await DescribeAsync(webhook));
    }

    public async Task<WebhookInfo?> SetEnabledAsync(string webhookId, bool enabled) =>
        (await ChangeAsync(webhookId, new WebhookChange { Enabled = enabled })).Webhook;

    public async Task<WebhookSecret?> RotateAsync(string webhookId, bool revokeOld)
    {
        if (WebhookRules.Find(await ReadAsync(), webhookId) is not { Wish.IsPulled: false })
            return null;
        var secret = NewSecret();
        var rotation = await ChangeAsync(list => WebhookRules.Rotate(list, webhookId, _sealer.Seal(secret, Key), revokeOld, Now));
        if (!rotation.IsFound)
            return null;
        LogRotated(webhookId, Key, revokeOld);
        return new WebhookSecret(secret, rotation.OldUntil);
    }

    public async Task<WebhookDeliveries?> GetDeliveriesAsync(string webhookId)
    {
        if (WebhookRules.Find(await ReadAsync(), webhookId) is not { } webhook)
            return null;
        var (report, dead) = (await DeliveryOf(webhook).ReportAsync(), await DeliveryOf(webhook).ListDeadAsync());
        // Of a pulled one these are gaps only, and none is sent.
        var lines = webhook.Wish.IsPulled ? report.State.Log.Select(line => line with { NextAttemptAt = null }) : report.State.Log;
        return new WebhookDeliveries([.. lines.Reverse()], dead);
    }

    public async Task<WebhookNeeds> GetNeedsAsync() => WebhookRules.Needs(await ReadAsync());

    public async Task TakeAsync(JournalBatch batch)
    {
        var webhooks = (await ReadAsync()).Webhooks.Where(webhook => !_removing.Contains(webhook.Id)).ToArray();
        if (webhooks.Length > 0)
            StayAwake();
        await Task.WhenAll(webhooks.Select(webhook => DeliveryOf(webhook).TakeAsync(webhook, batch, IsShared)));
    }

    public async Task<DateTimeOffset?> CheckAsync()
    {
        if (await ChangeAsync(WebhookRules.Unlist))
            return null;
        // Secrets that are in clear, or sealed with a key that goes.
        await ChangeAsync(list => new StateChange<WebhookList, bool>(list, true, Durable: WebhookRules.Sealed(list, _sealer, Key) is not null));
        _sentNeeds = null;
        await SendNeedsAsync();
        await PublishNoticesAsync();
        Wake(await ReadAsync());
        return Now + _options.CheckPeriod;
    }

    async Task<Webhook?> IDeliveryOwner.FindAsync(string webhookId) => WebhookRules.Find(await ReadAsync(), webhookId);

    Task<bool> IDeliveryOwner.IsAcknowledgedAsync(Cursor cursor) => Journal.IsAcknowledgedAsync(cursor);

    async Task<bool> IDeliveryOwner.DisableAsync(WebhookNotice notice)
    {
        if (!await ChangeAsync(list => WebhookRules.Disable(list, notice, notifies: !IsShared, Now)))
            return false;
        LogDisabled(notice.WebhookId, Key, notice.Reason);
        await PublishNoticesAsync();
        return true;
    }

    async Task IDeliveryOwner.NoteDeadAsync(WebhookNotice notice)
    {
        if (!IsShared && await ChangeAsync(list => WebhookRules.NoteDead(list, notice, Now)))
            await PublishNoticesAsync();
    }

    IGrainTimer IDeliveryOwner.StartTimer(Func<CancellationToken, Task> tick) => this.RegisterGrainTimer(
        tick, new GrainTimerCreationOptions { DueTime = Timeout.InfiniteTimeSpan, Period = Timeout.InfiniteTimeSpan, Interleave = true, KeepAlive = true });

    private void Wake(WebhookList list)
    {
        StayAwake();
        foreach (var webhook in list.Webhooks)
            DeliveryOf(webhook).Wake();
    }

    /// <summary>From check to check, as the timers of later attempts end with the activation.</summary>
    private void StayAwake() => DelayDeactivation(2 * _options.CheckPeriod);

    /// <summary>Changes the list. What is stored is sealed, whatever it was before.</summary>
    private Task<TResult> ChangeAsync<TResult>(Func<WebhookList, StateChange<WebhookList, TResult>> change) => _list.ChangeAsync(list =>
    {
        var changed = change(list);
        return changed.Durable && WebhookRules.Sealed(changed.Next, _sealer, Key) is { } isSealed ? changed with { Next = isSealed } : changed;
    });

    private async Task<WebhookList> ReadAsync()
    {
        await _list.LoadAsync();
        return _list.Value;
    }

    private async Task<AddOutcome> StoreAsync(Webhook webhook)
    {
        while (true)
        {
            var known = (await ReadAsync()).Listed;
            if (!known)
                await GrainFactory.GetGrain<IWebhookIndexGrain>(WebhookShards.Of(Key)).AddAsync(Key, Now + _options.CheckPeriod);
            var outcome = await ChangeAsync(list => WebhookRules.Add(list, webhook, _options.MaxPerUser, listed: !known));
            // Otherwise a check has found nothing and taken the user from the index in this moment.
            if (outcome is not AddOutcome.Unlisted)
                return outcome;
        }
    }

    private async Task<WebhookInfo> DescribeAsync(Webhook webhook)
    {
        var (wish, report) = (webhook.Wish, await DeliveryOf(webhook).ReportAsync());
        var cursor = DeliveryRules.Position(report.State, webhook);
        return new WebhookInfo(webhook.Id, wish.Url, wish.Events, wish.When, webhook.CreatedAt, webhook.DisabledAt, cursor, report.Pending, report.Dead)
        {
            Missed = report.State.Missed,
            Lag = report.Lag,
            MadeBy = wish.MadeBy,
            FailingSince = report.State.FailingSince,
            DisabledReason = webhook.DisabledReason,
            Description = wish.Description,
            Videos = wish.Videos is { Count: > 0 } videos ? videos : null,
            HeaderNames = wish.Headers is { Count: > 0 } headers ? [.. headers.Select(header => header.Name)] : null,
            IsPulled = wish.IsPulled,
        };
    }

    private WebhookHeader[]? Sealed(IReadOnlyList<WebhookHeader>? headers) =>
        headers?.Select(header => header.Value.Length == 0 ? header : header with { Value = _sealer.Seal(header.Value, Key) }).ToArray();

    private WebhookDelivery DeliveryOf(Webhook webhook)
    {
        if (_deliveries.TryGetValue(webhook.Id, out var delivery))
            return delivery;
        var (owner, id) = (GrainContext.GrainId, webhook.Id);
        var stores = new DeliveryStores(
            new CoalescedState<DeliveryState>(_storage, owner, $"webhook-{id}"), new HeldQueue(_storage, owner, id),
            new DeadLetters(_storage, owner, id, _time));
        return _deliveries[id] = WebhookDelivery.Create(ServiceProvider, [id, this, stores]);
    }

    /// <summary>As Standard Webhooks wants it.</summary>
    private static string NewSecret() => "whsec_" + Convert.ToBase64String(RandomNumberGenerator.GetBytes(SecretBytes));
}
