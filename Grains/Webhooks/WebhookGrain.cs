using System.Security.Cryptography;
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
/// the others see <see cref="WakeAsync"/>.
/// </remarks>
[Reentrant]
[CollectionAgeLimit(Minutes = 2)]
internal sealed partial class WebhookGrain : Grain, IWebhookGrain, IDeliveryOwner
{
    private const int SecretBytes = 32;

    private readonly CoalescedState<WebhookList> _list;
    private readonly Dictionary<string, WebhookDelivery> _deliveries = [];
    private readonly IGrainStorage _storage;
    private readonly WebhookOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<WebhookGrain> _logger;
    private Task _sendingNeeds = Task.CompletedTask;
    private WebhookNeeds? _sentNeeds;

    public WebhookGrain(
        [FromKeyedServices(WireNames.Storage)] IGrainStorage storage, IGrainContext context, IOptions<WebhookOptions> options, TimeProvider time, ILogger<WebhookGrain> logger)
    {
        (_storage, _options, _time, _logger) = (storage, options.Value, time, logger);
        _list = new CoalescedState<WebhookList>(storage, context.GrainId, "webhooks");
    }

    IStatusGrain IDeliveryOwner.Journal => Journal;

    private DateTimeOffset Now => _time.GetUtcNow();

    private string User => this.GetPrimaryKeyString();

    private IStatusGrain Journal => GrainFactory.GetGrain<IStatusGrain>(User);

    public override Task OnActivateAsync(CancellationToken cancellationToken) => _list.LoadAsync();

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) =>
        Task.WhenAll(_deliveries.Values.Select(delivery => delivery.StopAsync()));

    public async Task<IReadOnlyList<WebhookInfo>> ListAsync() => await Task.WhenAll((await ReadAsync()).Webhooks.Select(DescribeAsync));

    public async Task<WebhookAdded?> AddAsync(NewWebhook wish)
    {
        var start = (await Journal.ReadAsync(new Cursor(Cursor.EmptyEpoch, 0), limit: 0)).End;
        var webhook = new Webhook(MediaId.New(Now), wish, Now, start, NewSecret());
        if (await StoreAsync(webhook) is AddOutcome.Full)
            return null;
        LogAdded(webhook.Id, User);
        await SendNeedsAsync();
        // The journal may have gone on before its grain knew of this one.
        DeliveryOf(webhook).Wake();
        return new WebhookAdded(await DescribeAsync(webhook), webhook.Secret);
    }

    public async Task<bool> RemoveAsync(string webhookId)
    {
        if (WebhookRules.Find(await ReadAsync(), webhookId) is not { } webhook)
            return false;
        // What was under way goes first: should a crash come in between, the webhook is still there to be removed.
        var delivery = DeliveryOf(webhook);
        await delivery.RemoveAsync();
        _deliveries.Remove(webhookId);
        await _list.ChangeAsync(list => WebhookRules.Remove(list, webhookId));
        LogRemoved(webhookId, User);
        await SendNeedsAsync();
        return true;
    }

    public async Task<WebhookInfo?> SetEnabledAsync(string webhookId, bool enabled)
    {
        await SwitchAsync(webhookId, enabled);
        if (WebhookRules.Find(await ReadAsync(), webhookId) is not { } webhook)
            return null;
        LogSwitched(webhookId, User, enabled);
        if (enabled)
            DeliveryOf(webhook).Wake();
        return await DescribeAsync(webhook);
    }

    public async Task<WebhookSecret?> RotateAsync(string webhookId)
    {
        var secret = NewSecret();
        if (await _list.ChangeAsync(list => WebhookRules.Rotate(list, webhookId, secret, Now)) is not { } until)
            return null;
        LogRotated(webhookId, User);
        return new WebhookSecret(secret, until);
    }

    public async Task<WebhookDeliveries?> GetDeliveriesAsync(string webhookId)
    {
        if (WebhookRules.Find(await ReadAsync(), webhookId) is not { } webhook)
            return null;
        var state = await DeliveryOf(webhook).ReadAsync();
        return new WebhookDeliveries([.. state.Log.Reverse()], [.. state.DeadLetters.Select(dead => dead.Event)]);
    }

    public async Task<ReplayResult> ReplayAsync(string webhookId, Cursor? from)
    {
        if (WebhookRules.Find(await ReadAsync(), webhookId) is not { } webhook)
            return new ReplayResult(ReplayOutcome.NotFound, 0);
        if (webhook.DisabledAt is not null)
            return new ReplayResult(ReplayOutcome.Disabled, 0);
        if (from is not { } cursor)
            return new ReplayResult(ReplayOutcome.Ok, await DeliveryOf(webhook).ReviveAsync());
        if ((await Journal.ReadAsync(cursor, limit: 0)).IsLost)
            return new ReplayResult(ReplayOutcome.CursorInvalid, 0);
        await DeliveryOf(webhook).RewindAsync(cursor);
        return new ReplayResult(ReplayOutcome.Ok, 0);
    }

    public async Task<WebhookNeeds> GetNeedsAsync() => WebhookRules.Needs(await ReadAsync());

    public async Task WakeAsync()
    {
        // From check to check, as the timers of later attempts end with the activation.
        DelayDeactivation(2 * _options.CheckPeriod);
        foreach (var webhook in WebhookRules.Enabled(await ReadAsync()))
            DeliveryOf(webhook).Wake();
    }

    public async Task<DateTimeOffset?> CheckAsync()
    {
        if (await _list.ChangeAsync(WebhookRules.Unlist))
            return null;
        await SendNeedsAsync();
        await WakeAsync();
        return Now + _options.CheckPeriod;
    }

    async Task<Webhook?> IDeliveryOwner.FindAsync(string webhookId) => WebhookRules.Find(await ReadAsync(), webhookId);

    Task IDeliveryOwner.DisableAsync(string webhookId) => SwitchAsync(webhookId, enabled: false);

    IGrainTimer IDeliveryOwner.StartTimer(Func<CancellationToken, Task> tick) => this.RegisterGrainTimer(
        tick, new GrainTimerCreationOptions { DueTime = Timeout.InfiniteTimeSpan, Period = Timeout.InfiniteTimeSpan, Interleave = true, KeepAlive = true });

    private async Task SwitchAsync(string webhookId, bool enabled)
    {
        await _list.ChangeAsync(list => WebhookRules.SetEnabled(list, webhookId, enabled, Now));
        await SendNeedsAsync();
    }

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
                await GrainFactory.GetGrain<IWebhookIndexGrain>(WebhookShards.Of(User)).AddAsync(User, Now + _options.CheckPeriod);
            var outcome = await _list.ChangeAsync(list => WebhookRules.Add(list, webhook, _options.MaxPerUser, listed: !known));
            // Otherwise a check has found nothing and taken the user from the index in this moment.
            if (outcome is not AddOutcome.Unlisted)
                return outcome;
        }
    }

    private async Task<WebhookInfo> DescribeAsync(Webhook webhook)
    {
        var (wish, state) = (webhook.Wish, await DeliveryOf(webhook).ReadAsync());
        var cursor = DeliveryRules.Position(state, webhook);
        return new WebhookInfo(
            webhook.Id, wish.Url, wish.Events, wish.When, webhook.CreatedAt, webhook.DisabledAt, cursor, state.Pending.Count, state.DeadLetters.Count)
        {
            MadeBy = wish.MadeBy,
        };
    }

    private WebhookDelivery DeliveryOf(Webhook webhook)
    {
        if (_deliveries.TryGetValue(webhook.Id, out var delivery))
            return delivery;
        var state = new CoalescedState<DeliveryState>(_storage, GrainContext.GrainId, $"webhook-{webhook.Id}");
        return _deliveries[webhook.Id] = WebhookDelivery.Create(ServiceProvider, [webhook.Id, this, state]);
    }

    /// <summary>Sends to the journal what the webhooks need of it. One call at a time, so that the last one is the newest; the next check retries a failed one.</summary>
    private Task SendNeedsAsync()
    {
        if (_sendingNeeds.IsCompleted)
            _sendingNeeds = SendNewestNeedsAsync();
        return _sendingNeeds;
    }

    private async Task SendNewestNeedsAsync()
    {
        try
        {
            for (var needs = await GetNeedsAsync(); needs != _sentNeeds; needs = await GetNeedsAsync())
            {
                await Journal.WebhooksNeedAsync(needs);
                _sentNeeds = needs;
            }
        }
#pragma warning disable CA1031 // The change itself is stored, so the owner's request has succeeded.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogNeedsNotSent(e, User);
        }
    }

    /// <summary>As Standard Webhooks wants it.</summary>
    private static string NewSecret() => "whsec_" + Convert.ToBase64String(RandomNumberGenerator.GetBytes(SecretBytes));
}
