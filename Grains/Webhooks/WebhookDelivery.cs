using Ingestion.Grains.Storage;
using Ingestion.Status;
using Ingestion.Videos;
using Ingestion.Webhooks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Ingestion.Grains.Webhooks;

/// <summary>
/// The deliveries of one webhook: holds the events that it wants, sends due events, some at once but the events of a video one after the other,
/// and stores what becomes of each. Sending runs in ticks of a grain timer. All calls come from turns of the owning activation, which must be reentrant.
/// </summary>
internal sealed partial class WebhookDelivery
{
    // The storage could not be read or written; the sweep of the index retries too.
    private static readonly TimeSpan _faultPause = TimeSpan.FromSeconds(5);

    private readonly CoalescedState<DeliveryState> _state;
    private readonly HeldQueue _held;
    private readonly DeadLetters _dead;
    private readonly IGrainTimer _timer;
    private readonly IDeliveryOwner _owner;
    private readonly DeliverySender _sender;
    private readonly WebhookMetrics _metrics;
    private readonly WebhookOptions _options;
    private readonly CancellationToken _stopping;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly string _id;
    private readonly IMediaAddresses? _media;
    private readonly Dictionary<long, Task> _underWay = [];
    private TaskCompletionSource _woken = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _running = Task.CompletedTask;
    private Task _loading = Task.CompletedTask;
    private bool _isLoaded;
    private bool _stopped;
    private long _reported;

    public WebhookDelivery(
        string id, IDeliveryOwner owner, DeliveryStores stores, DeliverySender sender, WebhookMetrics metrics,
        IOptions<WebhookOptions> options, IHostApplicationLifetime host, TimeProvider time, ILogger<WebhookDelivery> logger,
        IMediaAddresses? media = null)
    {
        (_id, _owner, _sender, _metrics, _options) = (id, owner, sender, metrics, options.Value);
        (_state, _held, _dead) = (stores.State, stores.Held, stores.Dead);
        (_stopping, _time, _logger) = (host.ApplicationStopping, time, logger);
        // Who reads the events of many users is not their owner, and has no way to look at their videos.
        _media = WebhookKey.IsShared(owner.Key) ? null : media;
        _timer = owner.StartTimer(TickAsync);
    }

    /// <summary>Makes one for a grain: its id, its owner and its stores; the services are the container's.</summary>
    public static ObjectFactory<WebhookDelivery> Create { get; } =
        ActivatorUtilities.CreateFactory<WebhookDelivery>([typeof(string), typeof(IDeliveryOwner), typeof(DeliveryStores)]);

    private DateTimeOffset Now => _time.GetUtcNow();

    /// <summary>There may be something to do.</summary>
    public void Wake()
    {
        _news.TrySetResult();
        RunSoon();
    }

    /// <summary>Holds what the webhook wants of a batch. Returns once that is durable.</summary>
    public async Task TakeAsync(Webhook webhook, JournalBatch batch, bool shared)
    {
        await LoadAsync();
        if (batch.Missed is { } missed && missed.To.Offset > (webhook.Start.Epoch == missed.To.Epoch ? webhook.Start.Offset : 0))
        {
            LogMissed(_id, missed.Count);
            _metrics.Missed(missed.Count);
            await ChangeAsync(state => GapRules.LoseEntries(state, _held.End, _id, missed, shared ? batch.Owner : null, Now));
        }

        var added = await _held.NewOnesAsync(DeliveryRules.Wanted(webhook, batch, shared));
        if (added.Length > 0)
            await _held.AppendAsync(added);
        // Not worth a write: it is stored with the next outcome.
        await ChangeAsync(state => new StateChange<DeliveryState, bool>(state with { Cursor = batch.UpTo }, true, Durable: false));
        Wake();
    }

    /// <summary>Sends what the webhook wants of these entries, whether it had them before or not. Returns once they are held.</summary>
    public async Task ReplayAsync(Webhook webhook, JournalBatch batch, bool shared)
    {
        await LoadAsync();
        // Those from before it was added are wanted, too.
        HeldEvent[] again = [.. DeliveryRules.Wanted(webhook with { Start = new Cursor("", 0), CreatedAt = default }, batch, shared)];
        if (again.Length > 0)
            await _held.AppendAsync(again);
        Wake();
    }

    /// <summary>Sends again what was given up; how much that is.</summary>
    public async Task<int> ReviveAsync()
    {
        await LoadAsync();
        var count = 0;
        for (var page = await _dead.ReadAsync(_state.Value); page.Count > 0; page = await _dead.ReadAsync(_state.Value))
        {
            await _held.AppendAsync([.. page.Select(dead => dead.Item)]);
            await ChangeAsync(state => new StateChange<DeliveryState, bool>(state with { DeadFloor = page[^1].Offset }, true, Durable: true));
            count += page.Count;
        }

        await _dead.TrimAsync(_state.Value);
        Wake();
        return count;
    }

    /// <summary>Failures of before do not count any more.</summary>
    public async Task HealAsync()
    {
        await LoadAsync();
        await ChangeAsync(DeliveryRules.Healed);
    }

    /// <summary>Sends an event once, beside the queue; nothing of it is stored.</summary>
    public async Task<WebhookAnswer> TestAsync(Webhook webhook, string eventId, ReadOnlyMemory<byte> body) =>
        await _sender.SendAsync(webhook, _owner.Key, eventId, body, traceParent: null, _stopping);

    /// <summary>What has failed is due now; how much that is.</summary>
    public async Task<int> RetryAsync()
    {
        await LoadAsync();
        var count = await ChangeAsync(state => DeliveryRules.DueNow(state, sequence: null, Now));
        Wake();
        return count;
    }

    /// <summary>Sends an event again that waits, or is a dead letter. False: it is neither.</summary>
    public async Task<bool> ResendAsync(string eventId)
    {
        await LoadAsync();
        await _held.FillAsync(_state.Value);
        if (_held.Window.FirstOrDefault(item => item.Item.Event.Id == eventId) is { Item: not null } waiting)
        {
            await ChangeAsync(state => DeliveryRules.DueNow(state, waiting.Offset, Now));
            Wake();
            return true;
        }

        if (await _dead.FindAsync(_state.Value, eventId) is not { } dead)
            return false;
        await ResendAsync(dead);
        return true;
    }

    /// <summary>Sends an event again, behind what waits. Returns once it is held.</summary>
    public async Task ResendAsync(HeldEvent held)
    {
        await LoadAsync();
        await _held.AppendAsync([held]);
        Wake();
    }

    /// <summary>Stores nothing any more of a video but ids, types and times of its events. What is in memory is sent as it was.</summary>
    public async Task ForgetVideoAsync(string videoId)
    {
        await LoadAsync();
        await _held.ForgetVideoAsync(videoId);
        await _dead.ForgetVideoAsync(videoId);
    }

    /// <summary>What waits, and what has become of the rest.</summary>
    public async Task<DeliveryReport> ReportAsync()
    {
        await LoadAsync();
        await _held.FillAsync(_state.Value);
        var state = _state.Value;
        var waiting = DeliveryRules.Waiting(state, _held.End);
        var lag = waiting > 0 && _held.Window is [var oldest, ..] ? Now - oldest.Item.Event.At : TimeSpan.Zero;
        return new DeliveryReport(state, (int)waiting, lag, await _dead.CountAsync(state));
    }

    /// <summary>The newest events that were given up, oldest first.</summary>
    public async Task<IReadOnlyList<StatusEvent>> ListDeadAsync()
    {
        await LoadAsync();
        return await _dead.ListAsync(_state.Value);
    }

    /// <summary>Stops; an attempt under way is broken off and counts for nothing.</summary>
    public async Task StopAsync()
    {
        _stopped = true;
        _timer.Dispose();
        _news.TrySetResult();
        await _running;
        Report(0);
        _metrics.Forget(this);
    }

    /// <summary>Stops and forgets everything.</summary>
    public async Task RemoveAsync()
    {
        await StopAsync();
        await _held.RemoveAsync();
        await _dead.RemoveAsync();
        await _state.ClearAsync();
    }

    private Task LoadAsync()
    {
        if (_isLoaded && _state.IsLoaded)
            return _held.LoadAsync(_state.Value);
        if (_loading.IsCompleted)
            _loading = ReadAsync();
        return _loading;
    }

    /// <summary>Reads the state. What waits in one from before there was a queue moves there first.</summary>
    private async Task ReadAsync()
    {
        await _state.LoadAsync();
        var state = _state.Value;
        await _held.LoadAsync(state);
        await _dead.LoadAsync();
        if (state.Pending.Count > 0 || state.DeadLetters.Count > 0)
        {
            await _held.AppendAsync([.. state.Pending.Select(pending => new HeldEvent(pending.Cursor, pending.Event))]);
            await _dead.AppendAsync([.. state.DeadLetters.Select(dead => new HeldEvent(dead.Cursor, dead.Event))]);
            await ChangeAsync(old => new StateChange<DeliveryState, bool>(old with { Pending = [], DeadLetters = [] }, true, Durable: true));
        }

        _isLoaded = true;
    }

    /// <summary>Every change goes this way, so that the metric follows.</summary>
    private async Task<TResult> ChangeAsync<TResult>(Func<DeliveryState, StateChange<DeliveryState, TResult>> change)
    {
        var result = await _state.ChangeAsync(change);
        if (_state.IsLoaded && _held.End is { } end)
            Report(DeliveryRules.Waiting(_state.Value, end));
        return result;
    }

    private void Report(long pending)
    {
        _metrics.PendingChanged(pending - _reported);
        _reported = pending;
    }

    private void RunSoon()
    {
        // A run that is under way sees it; the next one begins with everything.
        _woken.TrySetResult();
        if (_running.IsCompleted)
            Schedule(TimeSpan.Zero);
    }

    private void Schedule(TimeSpan? delay)
    {
        if (delay is { } wait && !_stopped)
            _timer.Change(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }
}

/// <summary>How the deliveries of a webhook are.</summary>
/// <param name="State">What is stored.</param>
/// <param name="Pending">Events that wait.</param>
/// <param name="Lag">Age of the oldest one.</param>
/// <param name="Dead">Events that were given up.</param>
internal sealed record DeliveryReport(DeliveryState State, int Pending, TimeSpan Lag, int Dead);

/// <summary>What is kept for one webhook.</summary>
internal sealed record DeliveryStores(CoalescedState<DeliveryState> State, HeldQueue Held, DeadLetters Dead);

/// <summary>What the deliveries of a webhook need of their grain.</summary>
internal interface IDeliveryOwner
{
    /// <summary>Its key.</summary>
    string Key { get; }

    /// <summary>The webhook as it is now; null when it is removed.</summary>
    Task<Webhook?> FindAsync(string webhookId);

    /// <summary>Whether a socket of the user has acknowledged the event there.</summary>
    Task<bool> IsAcknowledgedAsync(Cursor cursor);

    /// <summary>Nothing more is sent to the receiver, and the owner is notified. Returns once the first is durable.</summary>
    /// <returns>False when it was disabled already.</returns>
    Task<bool> DisableAsync(WebhookNotice notice);

    /// <summary>An event was given up; the owner is notified, if not just now.</summary>
    Task NoteDeadAsync(WebhookNotice notice);

    /// <summary>A timer that does not tick until it is set.</summary>
    IGrainTimer StartTimer(Func<CancellationToken, Task> tick);
}
