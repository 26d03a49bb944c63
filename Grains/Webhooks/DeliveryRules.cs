using Ingestion.Grains.Storage;
using Ingestion.Status;
using Ingestion.Webhooks;

namespace Ingestion.Grains.Webhooks;

/// <summary>The way of held events to one receiver: pure. What is lost on it is a matter of <see cref="GapRules"/>.</summary>
internal static class DeliveryRules
{
    /// <summary>Events in memory (about 250 KB). While all of them wait for another attempt, those behind them wait too.</summary>
    public const int WindowSize = 512;

    /// <summary>Requests to one receiver at a time, each of another video.</summary>
    public const int MostAtOnce = 8;

    /// <summary>Given-up events that are listed.</summary>
    public const int MostDeadListed = 100;

    /// <summary>Lines of the log.</summary>
    public const int MostLogged = 100;

    /// <summary>Up to where the journal was taken in.</summary>
    public static Cursor Position(DeliveryState state, Webhook webhook) => state.Cursor ?? webhook.Start;

    /// <summary>What of a batch is for a webhook: events that it wants, from its beginning on.</summary>
    public static IEnumerable<HeldEvent> Wanted(Webhook webhook, JournalBatch batch, bool shared) => batch.Entries
        .Where(entry => (shared ? entry.Event.At >= webhook.CreatedAt : webhook.Start.Epoch != batch.UpTo.Epoch || entry.Offset > webhook.Start.Offset)
            && WebhookRules.Wants(webhook, entry.Event))
        .Select(entry => new HeldEvent(batch.UpTo with { Offset = entry.Offset }, entry.Event, shared ? batch.Owner : null));

    /// <summary>Whether an event needs nothing more.</summary>
    public static bool IsThrough(DeliveryState state, long sequence) => sequence <= state.Floor || state.Done.Contains(sequence);

    /// <summary>How many events of a queue that ends at <paramref name="end"/> are not through.</summary>
    public static long Waiting(DeliveryState state, long? end) => Math.Max((end ?? 0) - state.Floor - state.Done.Count, 0);

    /// <summary>The first event that may be sent now; null when none may.</summary>
    /// <param name="state">The state.</param>
    /// <param name="window">The oldest events that are not through.</param>
    /// <param name="underWay">Events that are being sent.</param>
    /// <param name="escalateAfter">How long each has to wait after it happened.</param>
    /// <param name="now">The time.</param>
    public static LogItem<HeldEvent>? Next(
        DeliveryState state, IReadOnlyList<LogItem<HeldEvent>> window, IReadOnlySet<long> underWay, TimeSpan escalateAfter, DateTimeOffset now)
    {
        foreach (var (item, due) in Heads(state, window, underWay, escalateAfter))
        {
            if (due <= now)
                return item;
        }

        return null;
    }

    /// <summary>When the next event may be sent; null when none waits for its time.</summary>
    public static DateTimeOffset? NextDue(DeliveryState state, IReadOnlyList<LogItem<HeldEvent>> window, IReadOnlySet<long> underWay, TimeSpan escalateAfter)
    {
        DateTimeOffset? next = null;
        foreach (var (_, due) in Heads(state, window, underWay, escalateAfter))
            next = next < due ? next : due;
        return state.Gap is { } gap && !(next < gap.Due) ? gap.Due : next;
    }

    /// <summary>What waits for another attempt need not wait any longer: one event, or with null all of them. How many that are.</summary>
    public static StateChange<DeliveryState, int> DueNow(DeliveryState state, long? sequence, DateTimeOffset now)
    {
        bool IsMeant(DeliveryRetry retry) => retry.Due > now && (sequence is null || retry.Sequence == sequence);
        var isGap = sequence is null && state.Gap?.Due > now;
        var count = state.Retries.Count(IsMeant) + (isGap ? 1 : 0);
        if (count == 0)
            return new(state, 0, Durable: false);
        var next = state with
        {
            Retries = [.. state.Retries.Select(retry => IsMeant(retry) ? retry with { Due = now } : retry)],
            Gap = isGap ? state.Gap! with { Due = now } : state.Gap,
        };
        return new(next, count, Durable: true);
    }

    /// <summary>It is not sent: a socket has acknowledged it.</summary>
    public static StateChange<DeliveryState, DeliveryOutcome> Skip(DeliveryState state, LogItem<HeldEvent> item, DateTimeOffset now) =>
        Logged(Through(state, [item.Offset]), Line(item, DeliveryOutcome.Acknowledged, default, now, AttemptsOf(state, item.Offset)));

    /// <summary>Whether this answer ends the attempts of an event.</summary>
    public static bool IsGivenUp(DeliveryState state, LogItem<HeldEvent> item, WebhookAnswer answer) =>
        !answer.IsSuccess && !answer.IsGone && WebhookRules.RetryDelay(AttemptsOf(state, item.Offset) + 1, answer.RetryAfter, random: 0) is null;

    /// <summary>It was sent, and this is the receiver's answer.</summary>
    public static StateChange<DeliveryState, DeliveryOutcome> Answered(
        DeliveryState state, LogItem<HeldEvent> item, WebhookAnswer answer, DateTimeOffset now, double random)
    {
        var attempt = AttemptsOf(state, item.Offset) + 1;
        state = Judged(state, answer, now);
        if (answer.IsSuccess)
            return Logged(Through(state, [item.Offset]), Line(item, DeliveryOutcome.Delivered, answer, now, attempt));
        // It waits with the others: should the owner enable the webhook again, it continues with this one.
        if (answer.IsGone)
            return Logged(state, Line(item, DeliveryOutcome.Disabled, answer, now, attempt));
        if (WebhookRules.RetryDelay(attempt, answer.RetryAfter, random) is not { } delay)
            return Logged(Through(state, [item.Offset]), Line(item, DeliveryOutcome.Dead, answer, now, attempt));
        var again = new DeliveryRetry(item.Offset, attempt, now + delay);
        var waiting = state with { Retries = [.. state.Retries.Where(other => other.Sequence != item.Offset), again] };
        return Logged(waiting, Line(item, DeliveryOutcome.Failed, answer, now, attempt) with { NextAttemptAt = again.Due });
    }

    /// <summary>With since when there were failures only.</summary>
    public static DeliveryState Judged(DeliveryState state, WebhookAnswer answer, DateTimeOffset now) =>
        answer.IsSuccess ? state with { FailingSince = null } : state with { FailingSince = state.FailingSince ?? now };

    /// <summary>Whether there were failures only for longer than a receiver may be away; null: it may be for ever.</summary>
    public static bool HasFailedTooLong(DeliveryState state, TimeSpan? longest, DateTimeOffset now) => now - state.FailingSince >= longest;

    /// <summary>The owner has changed something: what failed before does not count any more.</summary>
    public static StateChange<DeliveryState, bool> Healed(DeliveryState state) =>
        new(state with { FailingSince = null }, true, Durable: state.FailingSince is not null);

    /// <summary>These events need nothing more.</summary>
    public static DeliveryState Through(DeliveryState state, IEnumerable<long> sequences)
    {
        var done = new SortedSet<long>(state.Done);
        done.UnionWith(sequences.Where(sequence => sequence > state.Floor));
        var floor = state.Floor;
        while (done.Remove(floor + 1))
            floor++;
        return state with { Floor = floor, Done = [.. done],
            Retries = [.. state.Retries.Where(retry => retry.Sequence > floor && !done.Contains(retry.Sequence))] };
    }

    /// <summary>The state with one more line in its log.</summary>
    public static StateChange<DeliveryState, DeliveryOutcome> Logged(DeliveryState state, DeliveryAttempt line) =>
        new(state with { Log = [.. state.Log.TakeLast(MostLogged - 1), line] }, line.Outcome, Durable: true);

    /// <summary>The first event of each video that is not being sent, with the time from which it may be: those of a video are sent in their order.</summary>
    private static IEnumerable<(LogItem<HeldEvent> Item, DateTimeOffset Due)> Heads(
        DeliveryState state, IReadOnlyList<LogItem<HeldEvent>> window, IReadOnlySet<long> underWay, TimeSpan escalateAfter)
    {
        var retries = state.Retries.ToDictionary(retry => retry.Sequence, retry => retry.Due);
        var videos = new HashSet<string>();
        foreach (var item in window)
        {
            if (videos.Add(item.Item.Event.VideoId) && !underWay.Contains(item.Offset))
                yield return (item, retries.TryGetValue(item.Offset, out var due) ? due : item.Item.Event.At + escalateAfter);
        }
    }

    private static int AttemptsOf(DeliveryState state, long sequence) => state.Retries.FirstOrDefault(retry => retry.Sequence == sequence)?.Attempts ?? 0;

    private static DeliveryAttempt Line(LogItem<HeldEvent> item, DeliveryOutcome outcome, WebhookAnswer answer, DateTimeOffset now, int attempt) =>
        new(item.Item.Event.Id, WebhookEvents.TypeOf(item.Item.Event), now, attempt, outcome, answer.Status, answer.Error, NextAttemptAt: null)
        {
            Cursor = item.Item.Cursor,
            Owner = item.Item.Owner,
        };
}
