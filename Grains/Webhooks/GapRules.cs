using Ingestion.Grains.Storage;
using Ingestion.Status;
using Ingestion.Webhooks;

namespace Ingestion.Grains.Webhooks;

/// <summary>What is lost on the way to a receiver, and how it gets to know that: pure.</summary>
internal static class GapRules
{
    /// <summary>Events that are held for one webhook.</summary>
    public const int MostHeld = 10_000;

    /// <summary>How long an event is held.</summary>
    public static readonly TimeSpan LongestHeld = TimeSpan.FromDays(7);

    // More may be lost in the next moment; what is lost within this time is one gap.
    private static readonly TimeSpan _collected = TimeSpan.FromSeconds(10);

    /// <summary>The events of a queue that ends at <paramref name="end"/> which are beyond what is held: the oldest ones.</summary>
    public static IReadOnlyList<LogItem<HeldEvent>> Beyond(
        DeliveryState state, IReadOnlyList<LogItem<HeldEvent>> window, long? end, IReadOnlySet<long> underWay, DateTimeOffset now)
    {
        var tooMany = DeliveryRules.Waiting(state, end) - MostHeld;
        if (tooMany <= 0 && (window.Count == 0 || now - window[0].Item.Event.At <= LongestHeld))
            return [];
        return [.. window.Where(item => !DeliveryRules.IsThrough(state, item.Offset))
            .Where((item, place) => (place < tooMany || now - item.Item.Event.At > LongestHeld) && !underWay.Contains(item.Offset))];
    }

    /// <summary>Held events are lost, except those that are through by now: an owner may have acknowledged them meanwhile.</summary>
    public static StateChange<DeliveryState, DeliveryOutcome> Lose(
        DeliveryState state, string webhookId, IReadOnlyList<LogItem<HeldEvent>> lost, DateTimeOffset now)
    {
        lost = [.. lost.Where(item => !DeliveryRules.IsThrough(state, item.Offset))];
        if (lost.Count == 0)
            return new(state, DeliveryOutcome.Missed, Durable: false);
        var next = DeliveryRules.Through(state, lost.Select(item => item.Offset));
        foreach (var owner in lost.GroupBy(item => item.Item.Owner))
            next = Add(next, owner.Count(), owner.Max(item => item.Offset), owner.First().Item.Cursor, owner.Last().Item.Cursor, owner.Key, now);
        return Reported(state, next, webhookId, now);
    }

    /// <summary>Events left the journal before they could be held, behind all that is; whether the webhook wanted them is not known.</summary>
    public static StateChange<DeliveryState, DeliveryOutcome> LoseEntries(
        DeliveryState state, long? end, string webhookId, MissedEntries missed, string? owner, DateTimeOffset now) =>
        Reported(state, Add(state, missed.Count, Math.Max(end ?? 0, state.Floor), missed.From, missed.To, owner, now), webhookId, now);

    /// <summary>The id of the event that reports a gap.</summary>
    public static string IdOf(string webhookId, DeliveryGap gap) => $"{webhookId}-gap-{gap.At.ToUnixTimeMilliseconds()}";

    /// <summary>A gap was sent, and this is the receiver's answer.</summary>
    public static StateChange<DeliveryState, DeliveryOutcome> Answered(
        DeliveryState state, string webhookId, DeliveryGap sent, WebhookAnswer answer, DateTimeOffset now, double random)
    {
        var line = new DeliveryAttempt(
            IdOf(webhookId, sent), DeliveryJson.GapType, now, sent.Attempts + 1, DeliveryOutcome.Delivered, answer.Status, answer.Error, NextAttemptAt: null);
        state = DeliveryRules.Judged(state, answer, now);
        if (answer.IsSuccess)
            return DeliveryRules.Logged(state with { Gap = Rest(state.Gap, sent) }, line);
        if (answer.IsGone)
            return DeliveryRules.Logged(state, line with { Outcome = DeliveryOutcome.Disabled });
        if (WebhookRules.RetryDelay(sent.Attempts + 1, answer.RetryAfter, random) is not { } delay)
            return DeliveryRules.Logged(state with { Gap = Rest(state.Gap, sent) }, line with { Outcome = DeliveryOutcome.Dead });
        var again = state.Gap! with { Attempts = sent.Attempts + 1, Due = now + delay };
        return DeliveryRules.Logged(state with { Gap = again }, line with { Outcome = DeliveryOutcome.Failed, NextAttemptAt = again.Due });
    }

    /// <summary>What was lost while the gap was being sent.</summary>
    private static DeliveryGap? Rest(DeliveryGap? now, DeliveryGap sent)
    {
        if (now is null || now.Count == sent.Count)
            return null;
        return now with { Count = now.Count - sent.Count, From = now.From is null ? null : sent.To, Attempts = 0 };
    }

    private static DeliveryState Add(DeliveryState state, long count, long sequence, Cursor from, Cursor to, string? owner, DateTimeOffset now)
    {
        var gap = state.Gap is not { } known ? new DeliveryGap(count, sequence, from, to, owner, now, 0, now + _collected)
            : known.From?.Epoch == to.Epoch ? known with { Count = known.Count + count, Sequence = sequence, To = to, At = now }
            : known with { Count = known.Count + count, Sequence = sequence, From = null, To = null, Owner = null, At = now };
        return state with { Gap = gap, Missed = state.Missed + count };
    }

    /// <summary>One line for each gap, not for each event.</summary>
    private static StateChange<DeliveryState, DeliveryOutcome> Reported(DeliveryState before, DeliveryState next, string webhookId, DateTimeOffset now)
    {
        if (before.Gap is not null)
            return new(next, DeliveryOutcome.Missed, Durable: true);
        var id = IdOf(webhookId, next.Gap!);
        return DeliveryRules.Logged(next, new DeliveryAttempt(
            id, DeliveryJson.GapType, now, 0, DeliveryOutcome.Missed, Status: null, Error: null, next.Gap!.Due));
    }
}
