using Ingestion.Silos;

namespace Ingestion.Grains.Silos.Deciding;

/// <summary>
/// The way back after pressure: pure. The marks at which levels are left are where they would soon be entered again; once memory has stopped rising, idle
/// grains and what they leave go on to be given back until the silo has room for the next storm. So does what the work behind a storm leaves: its jobs go on
/// for minutes.
/// </summary>
internal sealed class RecoveryRules
{
    private const double Recovered = 0.6;
    private const double HighestTarget = 0.58;

    // The youngest generation grows again after a collection, in a small silo as in a large one.
    private const double Regrowth = 10 * 1024 * 1024;

    /// <summary>What is not given back by then is in use.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    /// <summary>How long after pressure memory is kept down. Then floors are measured, by which garbage goes too.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromMinutes(10);

    // RSS is never quite still.
    private const double Still = 256 * 1024;

    private TimeSpan? _pressedAt;
    private TimeSpan? _aboveSince;

    /// <summary>Share of the budget down to which memory is given back, so that the silo stays below 60 %.</summary>
    public double Target { get; private set; } = HighestTarget;

    /// <summary>What the silo may use is known.</summary>
    public void Fit(long budgetBytes) => Target = Math.Clamp(Recovered - (Regrowth / budgetBytes), 0, HighestTarget);

    /// <summary>Takes what the governor sees; whether more is to be given back than the level alone would have it.</summary>
    /// <param name="now">Now, on a clock that only goes forward.</param>
    /// <param name="level">The level.</param>
    /// <param name="share">How much of the budget is used.</param>
    /// <param name="bytesPerSecond">By how much that rises.</param>
    public bool Observe(TimeSpan now, MemoryLevel level, double share, double bytesPerSecond)
    {
        if (level >= MemoryLevel.High)
            (_pressedAt, _aboveSince) = (now, null);
        else
            _aboveSince = share < Target ? null : _aboveSince ?? now;
        if (now - _aboveSince > Longest || now - _pressedAt > Kept)
            _pressedAt = null;
        return _pressedAt is not null && share >= Target && bytesPerSecond <= Still;
    }
}
