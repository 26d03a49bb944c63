using Ingestion.Grains.Storage;
using Ingestion.Status;
using Ingestion.Webhooks;

namespace Ingestion.Grains.Webhooks;

/// <summary>The run that sends what is due.</summary>
internal sealed partial class WebhookDelivery
{
    // Places in the queue begin at 1.
    private const long TheGap = 0;

    private readonly HashSet<long> _sending = [];

    /// <summary>One run at a time: a timer that is set again in the moment in which it fires may tick twice.</summary>
    private Task TickAsync(CancellationToken removed)
    {
        _woken.TrySetResult();
        return _running.IsCompleted ? _running = RunAsync(removed) : Task.CompletedTask;
    }

    private async Task RunAsync(CancellationToken removed)
    {
        // An activation ends when its ticks have: a receiver that takes its time must not hold up the silo's stop.
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(removed, _stopping);
        try
        {
            var due = await SendAllAsync(ended.Token);
            Schedule(_woken.Task.IsCompleted ? TimeSpan.Zero : due - Now);
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // The webhook is removed, or the silo stops; then another silo continues.
        }
#pragma warning disable CA1031 // Grains and storage fail in many ways; what is stored stands, and the next run continues from there.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogInterrupted(e, _id);
            Schedule(_faultPause);
        }
        finally
        {
            await Task.WhenAll(_underWay.Values).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            _underWay.Clear();
            _sending.Clear();
        }
    }

    /// <summary>Sends until nothing is due. When the next event is; null: none waits.</summary>
    private async Task<DateTimeOffset?> SendAllAsync(CancellationToken stopping)
    {
        while (true)
        {
            stopping.ThrowIfCancellationRequested();
            if (_woken.Task.IsCompleted)
                _woken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (await _owner.FindAsync(_id) is not { } webhook)
                return null;
            await PrepareAsync();
            Observe(webhook);
            var sends = webhook is { DisabledAt: null, Wish.IsPulled: false };
            if (sends)
                StartDue(webhook, stopping);
            if (_underWay.Count == 0)
            {
                if (_woken.Task.IsCompleted)
                    continue;
                return sends ? DeliveryRules.NextDue(_state.Value, _held.Window, _sending, EscalateAfter(webhook)) : null;
            }

            await WaitAsync(webhook, stopping);
        }
    }

    /// <summary>Reads what comes next, and lets go what is beyond the bounds.</summary>
    private async Task PrepareAsync()
    {
        await LoadAsync();
        await _held.FillAsync(_state.Value);
        while (GapRules.Beyond(_state.Value, _held.Window, _held.End, _sending, Now) is { Count: > 0 } lost)
        {
            LogMissed(_id, lost.Count);
            _metrics.Missed(lost.Count);
            await ChangeAsync(state => GapRules.Lose(state, _id, lost, Now));
            foreach (var item in lost)
                _held.Remove(item.Offset);
            await _held.FillAsync(_state.Value);
        }

        await _held.TrimAsync(_state.Value);
    }

    private void StartDue(Webhook webhook, CancellationToken stopping)
    {
        if (_state.Value.Gap is { } gap && gap.Due <= Now && _sending.Add(TheGap))
            _underWay[TheGap] = SendGapAsync(webhook, gap, stopping);
        while (_underWay.Count < DeliveryRules.MostAtOnce && DeliveryRules.Next(_state.Value, _held.Window, _sending, EscalateAfter(webhook), Now) is { } item)
        {
            _sending.Add(item.Offset);
            _underWay[item.Offset] = SendAsync(webhook, item, stopping);
        }
    }

    /// <summary>Until one is through, another one has come, or the time of one has.</summary>
    private async Task WaitAsync(Webhook webhook, CancellationToken stopping)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var waits = _underWay.Values.Append(_woken.Task);
        if (_underWay.Count < DeliveryRules.MostAtOnce && webhook.DisabledAt is null
            && DeliveryRules.NextDue(_state.Value, _held.Window, _sending, EscalateAfter(webhook)) - Now is { } due)
            waits = waits.Append(Task.Delay(due > TimeSpan.Zero ? due : TimeSpan.Zero, _time, over.Token));
        await Task.WhenAny(waits);
        await over.CancelAsync();
        foreach (var (sequence, sent) in _underWay.Where(pair => pair.Value.IsCompleted).ToArray())
        {
            _underWay.Remove(sequence);
            _sending.Remove(sequence);
            await sent;
        }
    }

    private async Task SendAsync(Webhook webhook, LogItem<HeldEvent> item, CancellationToken stopping)
    {
        var held = item.Item;
        if (webhook.Wish.When is WebhookWhen.Unacknowledged && await _owner.IsAcknowledgedAsync(held.Cursor))
        {
            _metrics.Attempted(await ChangeAsync(state => DeliveryRules.Skip(state, item, Now)));
            _held.Remove(item.Offset);
            return;
        }

        var answer = await _sender.SendAsync(webhook, _owner.Key, held.Event.Id, BodyOf(webhook, item.Offset, held), held.Event.TraceParent, stopping);
        // First of all: from now on nothing more is sent there, even after a crash.
        if (answer.IsGone)
            await DisableAsync(WebhookNotice.Gone);
        // Before it counts as through: a crash in between leaves it in both places.
        if (DeliveryRules.IsGivenUp(_state.Value, item, answer))
            await GiveUpAsync(held);
        var outcome = await ChangeAsync(state => DeliveryRules.Answered(state, item, answer, Now, Random.Shared.NextDouble()));
        _metrics.Attempted(outcome);
        if (outcome is DeliveryOutcome.Delivered)
            _metrics.Delivered(Now - held.Event.At);
        if (outcome is DeliveryOutcome.Delivered or DeliveryOutcome.Dead)
            _held.Remove(item.Offset);
        LogOutcome(outcome, held.Event.Id, answer);
        await DisableIfFailingAsync(answer);
    }

    private async Task GiveUpAsync(HeldEvent held)
    {
        await _dead.AppendAsync([held]);
        // One about a webhook makes no further one.
        if (held.Event.Webhook is null)
            await _owner.NoteDeadAsync(await NoticeAsync(WebhookNotice.DeadLetterType, reason: null));
    }

    private async Task DisableIfFailingAsync(WebhookAnswer answer)
    {
        if (!answer.IsSuccess && DeliveryRules.HasFailedTooLong(_state.Value, _options.DisableAfter, Now))
            await DisableAsync(WebhookNotice.Failing);
    }

    private async Task DisableAsync(string reason)
    {
        if (await _owner.DisableAsync(await NoticeAsync(WebhookNotice.DisabledType, reason)))
            _metrics.Disabled(reason);
    }

    private async Task<WebhookNotice> NoticeAsync(string type, string? reason) =>
        new(_id, type, reason, _state.Value.FailingSince, await _dead.CountAsync(_state.Value));

    private async Task SendGapAsync(Webhook webhook, DeliveryGap gap, CancellationToken stopping)
    {
        var id = GapRules.IdOf(_id, gap);
        var answer = await _sender.SendAsync(webhook, _owner.Key, id, BodyOf(gap), traceParent: null, stopping);
        if (answer.IsGone)
            await DisableAsync(WebhookNotice.Gone);
        var outcome = await ChangeAsync(state => GapRules.Answered(state, _id, gap, answer, Now, Random.Shared.NextDouble()));
        _metrics.Attempted(outcome);
        LogOutcome(outcome, id, answer);
        await DisableIfFailingAsync(answer);
    }

    private byte[] BodyOf(Webhook webhook, long sequence, HeldEvent held) =>
        DeliveryJson.Of(held.Event, sequence, held.Cursor, held.Owner, _options.LinkRoot, webhook.Wish.ShowsMedia ? _media : null);

    private byte[] BodyOf(DeliveryGap gap) => DeliveryJson.OfGap(
        GapRules.IdOf(_id, gap), $"{WebhookKey.PathOf(_owner.Key)}/{_id}", gap.At, gap.Sequence, gap.Owner, gap.From, gap.To, gap.Count);

    /// <summary>For the metrics: of a disabled one nothing is expected.</summary>
    private void Observe(Webhook webhook)
    {
        if (webhook.DisabledAt is not null)
            _metrics.Forget(this);
        else
            _metrics.Observe(this, _held.Window is [var oldest, ..] ? oldest.Item.Event.At : null, _state.Value.FailingSince is not null);
    }

    private TimeSpan EscalateAfter(Webhook webhook) => webhook.Wish.When is WebhookWhen.Unacknowledged ? _options.EscalateAfter : TimeSpan.Zero;
}
