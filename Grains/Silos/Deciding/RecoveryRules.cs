using Ingestion.Silos;

namespace Ingestion.Grains.Silos.Deciding;

/// <summary>
/// The way back after pressure: pure. The marks at which levels are left are where they would soon be entered again; once memory has stopped rising, idle
/// grains and what they leave go on to be given back until the silo has room for the next storm.
/// </summary>
internal sealed class RecoveryRules
{
    private const double Recovered = 0.6;
    private const double HighestTarget = 0.58;

    // The youngest generation grows again after a collection, in a small silo as in a large one.
    private const double Regrowth = 10 * 1024 * 1024;

    /// <summary>What is not given back by then is in use.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    // RSS is never quite still.
    private const double Still = 256 * 1024;

    private bool _due;
    private TimeSpan? _since;

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
            (_due, _since) = (true, null);
        else
            _since ??= now;
        if (share < Target || now - _since > Longest)
            _due = false;
        return _due && bytesPerSecond <= Still;
    }
}
