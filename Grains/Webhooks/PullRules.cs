using Ingestion.Grains.Storage;
using Ingestion.Status;
using Ingestion.Webhooks;

namespace Ingestion.Grains.Webhooks;

/// <summary>What an owner reads of the events that wait for a webhook that is pulled: pure.</summary>
internal static class PullRules
{
    /// <summary>Whether a reader can come from a place: it is in this queue, which ends at <paramref name="end"/>, or from before its first event.</summary>
    public static bool IsKnown(DeliveryState state, Cursor end, WebhookPlace place) =>
        place.Lost <= state.Missed && (place.At.Epoch == end.Epoch ? place.At.Offset <= end.Offset : place.At == new Cursor(Cursor.EmptyEpoch, 0));

    /// <summary>Everything up to a known place needs nothing more. False: nothing of it was left.</summary>
    public static StateChange<DeliveryState, bool> Acknowledge(DeliveryState state, WebhookPlace place)
    {
        var next = state;
        if (place.At.Offset > state.Floor)
            next = DeliveryRules.Through(state, Places(state.Floor + 1, place.At.Offset));
        if (state.Gap is { } gap && place.Lost > Reported(state))
            next = next with { Gap = RestOf(gap, state.Missed - place.Lost) };
        var isChanged = !ReferenceEquals(next, state);
        return new(next, isChanged, Durable: isChanged);
    }

    /// <summary>
    /// The next page: the oldest events, and a gap in its place among them. A gap is in every page until it is acknowledged, as the events are.
    /// </summary>
    /// <param name="state">The state.</param>
    /// <param name="oldest">The oldest events that are not through: one more than <paramref name="limit"/>, or all.</param>
    /// <param name="end">The end of the queue.</param>
    /// <param name="limit">How many at most, with the gap.</param>
    public static PulledPage PageOf(DeliveryState state, IReadOnlyList<LogItem<HeldEvent>> oldest, Cursor end, int limit)
    {
        var place = state.Gap is { } gap ? oldest.TakeWhile(item => item.Offset <= gap.Sequence).Count() : limit;
        var hasGap = place < limit;
        LogItem<HeldEvent>[] taken = [.. oldest.Take(hasGap ? limit - 1 : limit)];
        var upTo = new WebhookPlace(end with { Offset = taken is [.., var last] ? last.Offset : Math.Min(state.Floor, end.Offset) },
            hasGap ? state.Missed : Reported(state));
        var hasMore = taken.Length < oldest.Count || (state.Gap is not null && !hasGap);
        return new PulledPage(taken, hasGap ? state.Gap : null, place, upTo, hasMore);
    }

    /// <summary>Lost events of which the reader knows.</summary>
    private static long Reported(DeliveryState state) => state.Missed - (state.Gap?.Count ?? 0);

    /// <summary>What was lost since the gap was read. Which those were is not known any more.</summary>
    private static DeliveryGap? RestOf(DeliveryGap gap, long count) =>
        count <= 0 ? null : gap with { Count = count, From = null, To = null, Owner = null };

    private static IEnumerable<long> Places(long first, long last)
    {
        for (var place = first; place <= last; place++)
            yield return place;
    }
}

/// <summary>What one read answers.</summary>
/// <param name="Events">Oldest first.</param>
/// <param name="Gap">Events that were lost; null: there is no gap, or not in this page.</param>
/// <param name="GapAt">How many of the events stand before it.</param>
/// <param name="End">The place behind it all.</param>
/// <param name="HasMore">Whether more wait behind it.</param>
internal sealed record PulledPage(IReadOnlyList<LogItem<HeldEvent>> Events, DeliveryGap? Gap, int GapAt, WebhookPlace End, bool HasMore)
{
    public bool IsEmpty => Events.Count == 0 && Gap is null;
}
