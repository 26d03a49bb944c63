namespace Ingestion.Grains.Silos.Deciding;

/// <summary>
/// The straight line through floors: pure. It is Theil–Sen's (the median of the slopes of all pairs) because one floor that was taken in the midst of load
/// does not move it, as it would move least squares.
/// </summary>
internal static class FloorLine
{
    private const int FewestFloors = 4;
    private const int Parts = 4;

    // Of a window, before it counts: a shorter history would pass for a longer one.
    private const double Covered = 0.75;

    // Each part grows by this share, or more, of what it would if growth were even; and none by more than the other of all growth. A leak does; a step of
    // load makes one part grow and the others stay.
    private const double LeastShare = 0.2;
    private const double LargestShare = 0.6;

    /// <summary>The slope of the last floors that lie within <paramref name="span"/>; null while there are fewer than four over three quarters of it.</summary>
    public static FloorSlope? Fit(ReadOnlySpan<Floor> floors, TimeSpan span)
    {
        var first = 0;
        while (first < floors.Length && floors[^1].At - floors[first].At > span)
            first++;
        var window = floors[first..];
        if (window.Length < FewestFloors || window[^1].At - window[0].At < Covered * span)
            return null;
        // Sizes are estimates: where activations go, each may have taken half of what its class declares. The lesser growth counts.
        var (all, half) = (Slope(window, static floor => floor.UnexplainedBytes), Slope(window, static floor => floor.HalfExplainedBytes));
        return half < all
            ? new FloorSlope(half, IsSteady(window, half, static floor => floor.HalfExplainedBytes))
            : new FloorSlope(all, IsSteady(window, all, static floor => floor.UnexplainedBytes));
    }

    private static double Slope(ReadOnlySpan<Floor> floors, Func<Floor, long> read)
    {
        var slopes = new double[floors.Length * (floors.Length - 1) / 2];
        var count = 0;
        for (var i = 1; i < floors.Length; i++)
        {
            for (var j = 0; j < i; j++)
                slopes[count++] = (read(floors[i]) - read(floors[j])) / (floors[i].At - floors[j].At).TotalHours;
        }

        Array.Sort(slopes);
        return (slopes[(count - 1) / 2] + slopes[count / 2]) / 2;
    }

    private static bool IsSteady(ReadOnlySpan<Floor> floors, double slope, Func<Floor, long> read)
    {
        var (begin, part) = (floors[0].At, (floors[^1].At - floors[0].At) / Parts);
        var least = LeastShare * slope * part.TotalHours;
        long? before = null;
        var (grown, largest) = (0L, 0L);
        for (var (i, next) = (0, 0); i < Parts; i++)
        {
            var from = next;
            while (next < floors.Length && (i == Parts - 1 || floors[next].At < begin + ((i + 1) * part)))
                next++;
            if (next == from)
                return false;
            var middle = Middle(floors[from..next], read);
            if (middle - before < least)
                return false;
            if (before is not null)
                (grown, largest) = (grown + middle - before.Value, Math.Max(largest, middle - before.Value));
            before = middle;
        }

        return largest <= LargestShare * grown;
    }

    private static long Middle(ReadOnlySpan<Floor> floors, Func<Floor, long> read)
    {
        var values = new long[floors.Length];
        for (var i = 0; i < values.Length; i++)
            values[i] = read(floors[i]);
        Array.Sort(values);
        return values[(values.Length - 1) / 2];
    }
}

/// <summary>A slope.</summary>
/// <param name="BytesPerHour">Negative when the floor falls.</param>
/// <param name="IsSteady">Each quarter of the time has grown.</param>
internal readonly record struct FloorSlope(double BytesPerHour, bool IsSteady);
