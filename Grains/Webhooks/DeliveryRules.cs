using Ingestion.Grains.Storage;
using Ingestion.Status;
using Ingestion.Webhooks;

namespace Ingestion.Grains.Webhooks;

/// <summary>What taking in a page of the journal brought.</summary>
/// <param name="Missed">Events that the journal had forgotten before they were taken in.</param>
/// <param name="IsLost">The journal is another one than before.</param>
/// <param name="HasMore">The journal goes on.</param>
internal readonly record struct TakenIn(long Missed, bool IsLost, bool HasMore);

/// <summary>The way of events to one receiver: pure.</summary>
internal static class DeliveryRules
{
    /// <summary>Events that may wait at once (about 60 KB). When all of them fail, later ones stay in the journal until there is room.</summary>
    public const int MostPending = 200;

    /// <summary>Given-up events that are kept for a replay; the oldest go first.</summary>
    public const int MostDeadLetters = 100;

    /// <summary>Lines of the log.</summary>
    public const int MostLogged = 100;

    // A page is about one segment of the journal.
    private const int LargestPage = 32;

    /// <summary>How many events may be taken in next; 0 when too many wait.</summary>
    public static int PageSize(DeliveryState state) => Math.Min(LargestPage, MostPending - state.Pending.Count);

    /// <summary>Up to where the journal was taken in.</summary>
    public static Cursor Position(DeliveryState state, Webhook webhook) => state.Cursor ?? webhook.Start;

    /// <summary>
    /// Entries that were read after <paramref name="from"/> wait for delivery from now on. Nothing changes when the position has changed since,
    /// as a replay does.
    /// </summary>
    public static StateChange<DeliveryState, TakenIn> TakeIn(DeliveryState state, Webhook webhook, Cursor from, JournalPage page, TimeSpan escalateAfter, DateTimeOffset now)
    {
        if (Position(state, webhook) != from)
            return new(state, new TakenIn(0, IsLost: false, HasMore: true), Durable: false);
        if (page.Entries.Count == 0)
            return new(page.IsLost ? state with { Cursor = page.End with { Offset = 0 } } : state, new TakenIn(0, page.IsLost, HasMore: false), page.IsLost);

        var (first, last) = (page.Entries[0].Offset, page.Entries[^1].Offset);
        var known = state.Pending.Select(pending => pending.Event.Id).ToHashSet();
        var added = page.Entries.Where(entry => WebhookRules.Wants(webhook, entry.Event) && !known.Contains(entry.Event.Id))
            .Select(entry => new PendingDelivery(page.End with { Offset = entry.Offset }, entry.Event, 0, DueOf(webhook, entry.Event, escalateAfter, now)));
        var next = state with { Cursor = page.End with { Offset = last }, Pending = [.. state.Pending, .. added] };
        var missed = page.IsLost ? 0 : first - from.Offset - 1;
        return new(next, new TakenIn(missed, page.IsLost, HasMore: last < page.End.Offset), Durable: true);
    }

    /// <summary>What is to be sent now; null when nothing is.</summary>
    public static PendingDelivery? Next(DeliveryState state, DateTimeOffset now) => state.Pending.FirstOrDefault(pending => pending.Due <= now);

    /// <summary>When something is to be sent; null when nothing waits.</summary>
    public static DateTimeOffset? NextDue(DeliveryState state) => state.Pending.Count == 0 ? null : state.Pending.Min(pending => pending.Due);

    /// <summary>It is not sent: a socket has acknowledged it.</summary>
    public static StateChange<DeliveryState, DeliveryOutcome> Skip(DeliveryState state, PendingDelivery pending, DateTimeOffset now) =>
        Logged(Without(state, pending), pending with { Attempts = pending.Attempts - 1 }, DeliveryOutcome.Acknowledged, default, now);

    /// <summary>It was sent, and this is the receiver's answer.</summary>
    public static StateChange<DeliveryState, DeliveryOutcome> Answered(DeliveryState state, PendingDelivery pending, WebhookAnswer answer, DateTimeOffset now, double random)
    {
        if (answer.IsSuccess)
            return Logged(Without(state, pending), pending, DeliveryOutcome.Delivered, answer, now);
        // It waits with the others: should the owner enable the webhook again, it goes on with this one.
        if (answer.IsGone)
            return Logged(state, pending, DeliveryOutcome.Disabled, answer, now);
        if (WebhookRules.RetryDelay(pending.Attempts + 1, answer.RetryAfter, random) is not { } delay)
            return Logged(Bury(Without(state, pending), pending), pending, DeliveryOutcome.Dead, answer, now);
        var again = pending with { Attempts = pending.Attempts + 1, Due = now + delay };
        var waiting = state with { Pending = [.. state.Pending.Select(other => other.Event.Id == again.Event.Id ? again : other)] };
        return Logged(waiting, pending, DeliveryOutcome.Failed, answer, now, again.Due);
    }

    /// <summary>The events after a cursor are sent again, as they are read.</summary>
    public static StateChange<DeliveryState, bool> Rewind(DeliveryState state, Cursor from) => new(state with { Cursor = from }, true, Durable: true);

    /// <summary>What was given up is tried again, from the first attempt on; how much that is. As much as there is room for.</summary>
    public static StateChange<DeliveryState, int> Revive(DeliveryState state, DateTimeOffset now)
    {
        var revived = state.DeadLetters.Take(MostPending - state.Pending.Count).Select(dead => dead with { Attempts = 0, Due = now }).ToArray();
        var next = state with { Pending = [.. state.Pending, .. revived], DeadLetters = [.. state.DeadLetters.Skip(revived.Length)] };
        return new(next, revived.Length, Durable: revived.Length > 0);
    }

    private static DateTimeOffset DueOf(Webhook webhook, StatusEvent e, TimeSpan escalateAfter, DateTimeOffset now)
    {
        var due = webhook.Wish.When is WebhookWhen.Unacknowledged ? e.At + escalateAfter : now;
        return due > now ? due : now;
    }

    private static DeliveryState Without(DeliveryState state, PendingDelivery pending) =>
        state with { Pending = [.. state.Pending.Where(other => other.Event.Id != pending.Event.Id)] };

    private static DeliveryState Bury(DeliveryState state, PendingDelivery pending) =>
        state with { DeadLetters = [.. state.DeadLetters.TakeLast(MostDeadLetters - 1), pending] };

    private static StateChange<DeliveryState, DeliveryOutcome> Logged(
        DeliveryState state, PendingDelivery pending, DeliveryOutcome outcome, WebhookAnswer answer, DateTimeOffset now, DateTimeOffset? again = null)
    {
        var line = new DeliveryAttempt(pending.Event.Id, WebhookEvents.TypeOf(pending.Event), now, pending.Attempts + 1, outcome, answer.Status, answer.Error, again);
        return new(state with { Log = [.. state.Log.TakeLast(MostLogged - 1), line] }, outcome, Durable: true);
    }
}
