using Ingestion.Grains.Storage;
using Ingestion.Status;
using Ingestion.Webhooks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Ingestion.Grains.Webhooks;

/// <summary>
/// The deliveries of one webhook: takes in what the journal has, sends what is due, one event after the other, and stores each step before
/// the next. All of it runs in ticks of a grain timer. All calls come from turns of the owning activation, which must be reentrant.
/// </summary>
internal sealed partial class WebhookDelivery
{
    // The journal or the storage could not be read or written; the sweep of the index retries too.
    private static readonly TimeSpan _faultPause = TimeSpan.FromSeconds(5);

    private readonly CoalescedState<DeliveryState> _state;
    private readonly IGrainTimer _timer;
    private readonly IDeliveryOwner _owner;
    private readonly IWebhookSender _sender;
    private readonly WebhookMetrics _metrics;
    private readonly WebhookOptions _options;
    private readonly CancellationToken _stopping;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly string _id;
    private Task _running = Task.CompletedTask;
    private bool _wanted;
    private bool _stopped;
    private bool _failing;
    private int _reported;

    public WebhookDelivery(
        string id, IDeliveryOwner owner, CoalescedState<DeliveryState> state,
        IWebhookSender sender, WebhookMetrics metrics, IOptions<WebhookOptions> options, IHostApplicationLifetime host, TimeProvider time, ILogger<WebhookDelivery> logger)
    {
        (_id, _owner, _state, _sender, _metrics, _options) = (id, owner, state, sender, metrics, options.Value);
        (_stopping, _time, _logger) = (host.ApplicationStopping, time, logger);
        _timer = owner.StartTimer(TickAsync);
    }

    /// <summary>Makes one for a grain: its id, its owner and its state; the services are the container's.</summary>
    public static ObjectFactory<WebhookDelivery> Create { get; } =
        ActivatorUtilities.CreateFactory<WebhookDelivery>([typeof(string), typeof(IDeliveryOwner), typeof(CoalescedState<DeliveryState>)]);

    private DateTimeOffset Now => _time.GetUtcNow();

    public Task<DeliveryState> ReadAsync() => ChangeAsync(state => new StateChange<DeliveryState, DeliveryState>(state, state, Durable: false));

    /// <summary>There may be something to do.</summary>
    public void Wake()
    {
        _wanted = true;
        // A run that is under way sees the flag before it ends.
        if (_running.IsCompleted)
            Schedule(TimeSpan.Zero);
    }

    public async Task RewindAsync(Cursor from)
    {
        await ChangeAsync(state => DeliveryRules.Rewind(state, from));
        Wake();
    }

    public async Task<int> ReviveAsync()
    {
        var revived = await ChangeAsync(state => DeliveryRules.Revive(state, Now));
        Wake();
        return revived;
    }

    /// <summary>Stops; an attempt under way is broken off and counts for nothing.</summary>
    public async Task StopAsync()
    {
        _stopped = true;
        _timer.Dispose();
        await _running;
        Report(0);
    }

    /// <summary>Stops and forgets everything.</summary>
    public async Task RemoveAsync()
    {
        await StopAsync();
        await _state.ClearAsync();
    }

    /// <summary>One run at a time: a timer that is set again in the moment in which it fires may tick twice.</summary>
    private Task TickAsync(CancellationToken removed)
    {
        _wanted = true;
        return _running.IsCompleted ? _running = RunAsync(removed) : Task.CompletedTask;
    }

    private async Task RunAsync(CancellationToken removed)
    {
        // An activation ends when its ticks have: a receiver that takes its time must not hold up the silo's stop.
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(removed, _stopping);
        try
        {
            for (var more = false; _wanted || more;)
            {
                _wanted = false;
                if (await _owner.FindAsync(_id) is not { DisabledAt: null } webhook)
                    return;
                more = await TakeInAsync(webhook);
                more &= await DeliverAsync(ended.Token);
            }

            Schedule(DeliveryRules.NextDue(_state.Value) - Now);
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // The webhook is removed, or the silo stops; then another one goes on.
        }
#pragma warning disable CA1031 // Grains and storage fail in many ways; what is stored stands, and the next run goes on from there.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogInterrupted(e, _id);
            Schedule(_faultPause);
        }
    }

    /// <summary>Takes in the journal, as far as there is room. Whether it goes on.</summary>
    private async Task<bool> TakeInAsync(Webhook webhook)
    {
        var state = await ReadAsync();
        for (var taken = new TakenIn(0, IsLost: false, HasMore: true); taken.HasMore; state = await ReadAsync())
        {
            if (DeliveryRules.PageSize(state) is var size && size == 0)
                return true;
            var from = DeliveryRules.Position(state, webhook);
            var page = await _owner.Journal.ReadAsync(from, size);
            taken = await ChangeAsync(now => DeliveryRules.TakeIn(now, webhook, from, page, _options.EscalateAfter, Now));
            if (taken.IsLost)
                LogJournalLost(_id);
            if (taken.Missed > 0)
                LogMissed(_id, taken.Missed);
        }

        return false;
    }

    /// <summary>Sends what is due. Whether that made room.</summary>
    private async Task<bool> DeliverAsync(CancellationToken stopping)
    {
        var before = (await ReadAsync()).Pending.Count;
        while (DeliveryRules.Next(await ReadAsync(), Now) is { } pending)
        {
            stopping.ThrowIfCancellationRequested();
            // Read anew each time: it may have been disabled, or have a new secret.
            if (await _owner.FindAsync(_id) is not { DisabledAt: null } webhook)
                return false;
            if (webhook.Wish.When is WebhookWhen.Unacknowledged && await _owner.Journal.IsAcknowledgedAsync(pending.Cursor))
                _metrics.Attempted(await ChangeAsync(state => DeliveryRules.Skip(state, pending, Now)));
            else
                await SendAsync(webhook, pending, stopping);
        }

        return (await ReadAsync()).Pending.Count < before;
    }

    private async Task SendAsync(Webhook webhook, PendingDelivery pending, CancellationToken stopping)
    {
        var message = new WebhookMessage(webhook.Wish.Url, pending.Event, WebhookRules.Secrets(webhook, Now));
        var answer = await _sender.SendAsync(message, stopping);
        // First of all: from now on nothing more is sent there, even after a crash.
        if (answer.IsGone)
            await _owner.DisableAsync(_id);
        var outcome = await ChangeAsync(state => DeliveryRules.Answered(state, pending, answer, Now, Random.Shared.NextDouble()));
        _metrics.Attempted(outcome);
        if (outcome is DeliveryOutcome.Delivered)
            _metrics.Delivered(Now - pending.Event.At);
        LogOutcome(outcome, pending, answer);
    }

    /// <summary>Every change goes this way, so that the metric follows.</summary>
    private async Task<TResult> ChangeAsync<TResult>(Func<DeliveryState, StateChange<DeliveryState, TResult>> change)
    {
        var result = await _state.ChangeAsync(change);
        Report(_state.IsLoaded ? _state.Value.Pending.Count : _reported);
        return result;
    }

    private void Report(int pending)
    {
        _metrics.PendingChanged(pending - _reported);
        _reported = pending;
    }

    private void Schedule(TimeSpan? delay)
    {
        if (delay is { } wait && !_stopped)
            _timer.Change(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }
}

/// <summary>What the deliveries of a webhook need of their grain.</summary>
internal interface IDeliveryOwner
{
    /// <summary>The user's journal.</summary>
    IStatusGrain Journal { get; }

    /// <summary>The webhook as it is now; null when it is removed.</summary>
    Task<Webhook?> FindAsync(string webhookId);

    /// <summary>The receiver wants no more.</summary>
    Task DisableAsync(string webhookId);

    /// <summary>A timer that does not tick until it is set.</summary>
    IGrainTimer StartTimer(Func<CancellationToken, Task> tick);
}
