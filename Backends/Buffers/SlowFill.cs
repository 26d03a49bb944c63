namespace Ingestion.Backends.Buffers;

/// <summary>When a part that fills in memory gives way to parts that wait for it.</summary>
internal static class SlowFill
{
    // Long enough to judge by, and to let a whole part come over a good connection.
    private static readonly TimeSpan _shortest = TimeSpan.FromSeconds(2);

    // However close to its end: it may have stalled there.
    private static readonly TimeSpan _longest = TimeSpan.FromSeconds(8);

    private static readonly TimeSpan _longestRest = TimeSpan.FromSeconds(4);

    /// <summary>
    /// Whether a part of <paramref name="size"/> bytes, <paramref name="filled"/> of them here after <paramref name="age"/>, is too slow. Judged
    /// by the time that its rest would take and not by its rate: many fast clients on one busy link are not slow ones.
    /// </summary>
    public static bool IsSlow(TimeSpan age, long filled, long size)
    {
        if (age < _shortest)
            return false;
        return age >= _longest || filled == 0 || age * ((double)(size - filled) / filled) > _longestRest;
    }
}
