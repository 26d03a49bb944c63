using Ingestion.Status;

namespace Ingestion.Grains.Status;

/// <summary>The decisions of a user's journal: pure.</summary>
internal static class StatusRules
{
    /// <summary>Events a segment: an event costs one write of at most this many (about 6 KB).</summary>
    public const int SegmentCapacity = 32;

    /// <summary>Replays up to this many events; beyond, the latest states are shorter and as good.</summary>
    public const int LongestReplay = 300;

    /// <summary>And up to this many bytes of them as frames, see <see cref="ReplaySize"/>.</summary>
    public const int LargestReplay = 256 * 1024;

    /// <summary>Segments that are stored beyond the retention, while their events are not handed over to webhooks.</summary>
    public const int HeldSegments = 10_000 / SegmentCapacity;

    /// <summary>Epoch of a journal in which nothing was ever written. Nothing can have been missed from it.</summary>
    public const string EmptyEpoch = Cursor.EmptyEpoch;

    /// <summary>Segments in which at least so many events are kept, however empty the newest one is.</summary>
    public static int KeptSegments(int events) => ((events + SegmentCapacity - 1) / SegmentCapacity) + 1;

    /// <summary>
    /// How a subscription from <paramref name="since"/> starts in the journal that ends at <paramref name="end"/>. Of one that
    /// <paramref name="isFiltered"/> only <see cref="MissedEntries"/> know how much it has missed.
    /// </summary>
    public static SubscriptionMode Start(Cursor? since, Cursor end, long begin, bool isFiltered = false)
    {
        if (since is not { } cursor)
            return SubscriptionMode.Snapshot;
        // What has been dropped since is in no snapshot either, terminal states among it: the client must not take its own for complete.
        if (IsLost(cursor, end) || cursor.Offset + 1 < begin)
            return SubscriptionMode.Reset;
        return isFiltered || end.Offset - cursor.Offset <= LongestReplay ? SubscriptionMode.Replay : SubscriptionMode.Snapshot;
    }

    /// <summary>Whether a cursor is of another journal than the journal that ends at <paramref name="end"/>.</summary>
    public static bool IsLost(Cursor cursor, Cursor end) =>
        cursor is not { Epoch: EmptyEpoch, Offset: 0 } && (cursor.Epoch != end.Epoch || cursor.Offset > end.Offset);
}
