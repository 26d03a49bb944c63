using Ingestion.Silos;

namespace Ingestion.Grains.Silos.Deciding;

/// <summary>
/// The level of memory pressure: pure. It rises when two samples say so (at once to Critical and beyond) and falls by one level after ten
/// seconds below that level's exit mark, fifteen after the last change. A sample that is old says nothing.
/// </summary>
internal sealed class PressureRules
{
    /// <summary>A level lasts at least this long before it falls.</summary>
    public static readonly TimeSpan Dwell = TimeSpan.FromSeconds(15);

    /// <summary>For so long memory must be below the exit mark.</summary>
    public static readonly TimeSpan Calm = TimeSpan.FromSeconds(10);

    /// <summary>An older sample is no basis for a decision.</summary>
    public static readonly TimeSpan Stale = TimeSpan.FromSeconds(1);

    /// <summary>Share of time that something waits for memory, from which on the level is at least Elevated.</summary>
    public const double StallMark = 0.1;

    // Between samples that are further apart anything may have happened: being calm begins anew.
    private static readonly TimeSpan _longestGap = TimeSpan.FromSeconds(5);

    private static readonly LevelMarks[] _marks =
    [
        new(0, 0, null),
        new(0.78, 0.70, TimeSpan.FromSeconds(60)),
        new(0.88, 0.80, TimeSpan.FromSeconds(20)),
        new(0.98, 0.88, null),
        new(1.08, 0.98, null),
    ];

    private MemoryLevel _seen;
    private TimeSpan? _sampledAt;
    private TimeSpan? _changedAt;
    private TimeSpan? _calmSince;

    /// <summary>The level now.</summary>
    public MemoryLevel Level { get; private set; }

    /// <summary>Share of the budget below which a level is left.</summary>
    public static double LeaveMark(MemoryLevel level) => _marks[(int)level].Leave;

    /// <summary>Takes a sample; true when the level has changed.</summary>
    public bool Observe(TimeSpan now, in PressureSample sample)
    {
        if (now - sample.At > Stale || sample.At <= _sampledAt)
            return false;
        var gap = sample.At - _sampledAt;
        _sampledAt = sample.At;
        var wanted = Wanted(sample);
        return wanted > Level ? Rise(now, wanted) : Fall(now, wanted, sample.Share, gap);
    }

    /// <summary>The highest level whose entry the sample meets.</summary>
    private static MemoryLevel Wanted(in PressureSample sample)
    {
        var wanted = sample.Stall >= StallMark ? MemoryLevel.Elevated : MemoryLevel.Green;
        for (var level = MemoryLevel.Elevated; level <= MemoryLevel.Emergency; level++)
        {
            if (_marks[(int)level].IsMet(sample))
                wanted = level;
        }

        return wanted;
    }

    private bool Rise(TimeSpan now, MemoryLevel wanted)
    {
        _calmSince = null;
        // The lower of the two last samples; the first one only becomes known.
        var agreed = wanted >= MemoryLevel.Critical ? wanted : (MemoryLevel)Math.Min((byte)wanted, (byte)_seen);
        _seen = wanted;
        return agreed > Level && Change(now, agreed);
    }

    private bool Fall(TimeSpan now, MemoryLevel wanted, double share, TimeSpan? gap)
    {
        _seen = wanted;
        if (Level == MemoryLevel.Green || wanted == Level || share >= LeaveMark(Level))
        {
            _calmSince = null;
            return false;
        }

        if (_calmSince is null || gap > _longestGap)
            _calmSince = now;
        return now - _calmSince >= Calm && now - _changedAt >= Dwell && Change(now, Level - 1);
    }

    private bool Change(TimeSpan now, MemoryLevel level)
    {
        (Level, _changedAt, _calmSince) = (level, now, null);
        return true;
    }

    /// <summary>When a level is entered and left.</summary>
    private readonly record struct LevelMarks(double Enter, double Leave, TimeSpan? EnterWithin)
    {
        /// <summary>Soon at the limit counts only where the level would not be left at once.</summary>
        public bool IsMet(in PressureSample sample) => sample.Share >= Enter || (sample.Share >= Leave && sample.TimeToLimit < EnterWithin);
    }
}

/// <summary>What the level depends on.</summary>
/// <param name="At">When it was read.</param>
/// <param name="Share">How much is used of what may be.</param>
/// <param name="TimeToLimit">When all of it will be used, at the pace of the last seconds; null: never.</param>
/// <param name="Stall">Share of time in which something waited for memory.</param>
internal readonly record struct PressureSample(TimeSpan At, double Share, TimeSpan? TimeToLimit, double Stall);
