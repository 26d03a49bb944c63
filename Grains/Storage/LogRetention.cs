namespace Ingestion.Grains.Storage;

/// <summary>
/// How much of a log is kept. Whole segments go, oldest first, but never the newest one: the log keeps its name and its end however old it is.
/// </summary>
/// <param name="segments">Segments kept at most, the newest one included.</param>
/// <param name="age">A segment goes when its newest item is older than this.</param>
/// <param name="timeOf">When an item happened.</param>
/// <param name="time">The clock.</param>
/// <param name="heldSegments">Segments that are stored beyond that at most, for a reader that is behind; see <see cref="SegmentedLog{T}.KeepFrom"/>.</param>
internal sealed class LogRetention<T>(int segments, TimeSpan age, Func<T, DateTimeOffset> timeOf, TimeProvider time, int heldSegments = 0)
    where T : class
{
    /// <summary>Number of the oldest segment that is stored, for a reader that still needs segment <paramref name="needed"/>.</summary>
    public long FirstStored(LogHead head, long needed) =>
        Math.Min(FirstKept(head), Math.Max(Math.Max(needed, head.First), head.Last + 1 - segments - heldSegments));

    /// <summary>Number of the oldest segment that is kept now.</summary>
    public long FirstKept(LogHead head)
    {
        var oldest = (time.GetUtcNow() - age).ToUnixTimeMilliseconds();
        var first = Math.Max(head.First, head.Last + 1 - segments);
        while (first < head.Last && EndOf(head, first) < oldest)
            first++;
        return first;
    }

    /// <summary>The ends of a head whose newest segment is <paramref name="full"/>, once there is another one behind it.</summary>
    public IReadOnlyList<long> EndsAfter(LogHead head, LogSegment<T> full)
    {
        // Never before an earlier one, whatever clocks do: segments go in their order.
        var earlier = head.Ends is [.., var last] ? last : long.MinValue;
        var newest = full.Items.Max(item => item is null ? earlier : timeOf(item).ToUnixTimeMilliseconds());
        return [.. head.Ends, Math.Max(newest, earlier)];
    }

    /// <summary>Heads from before there were ends know none of their first segments: those are at least as old as the first that is known.</summary>
    private static long EndOf(LogHead head, long segment)
    {
        var firstKnown = head.Last - head.Ends.Count;
        return head.Ends.Count == 0 ? long.MaxValue : head.Ends[(int)Math.Max(segment - firstKnown, 0)];
    }
}
