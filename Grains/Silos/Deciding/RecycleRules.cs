using Ingestion.Silos.Recycling;

namespace Ingestion.Grains.Silos.Deciding;

/// <summary>When a silo is to restart itself, and why.</summary>
internal sealed class RecycleRules(RecycleLimits limits)
{
    /// <summary>How long memory must be above the exit mark of level 4: the governor may collect twice by then, and tries all else.</summary>
    public static readonly TimeSpan Dwell = PauseBudget.Apart + TimeSpan.FromSeconds(5);

    /// <summary>A silo whose memory is above its budget soon after its start would be so again: restarts in a loop free nothing.</summary>
    public static readonly TimeSpan LeastUptimeForMemory = TimeSpan.FromMinutes(2);

    /// <summary>
    /// A limit of few requests makes no loop that a supervisor takes for a failing program: systemd's unit allows ten starts in five minutes.
    /// </summary>
    public static readonly TimeSpan LeastUptime = TimeSpan.FromSeconds(30);

    private TimeSpan? _emergencySince;

    /// <param name="uptime">Since the silo takes requests.</param>
    /// <param name="requests">Taken since then.</param>
    /// <param name="isAbove">Level 4, and the last sample is above its exit mark: the level itself outlasts that.</param>
    /// <param name="isOrdered">An operator has requested it.</param>
    /// <returns>Why the silo is to restart itself now; null: it is not to.</returns>
    public RecycleReason? Observe(TimeSpan uptime, long requests, bool isAbove, bool isOrdered)
    {
        _emergencySince = !isAbove ? null : _emergencySince ?? uptime;
        if (isOrdered)
            return RecycleReason.Operator;
        if (uptime - _emergencySince >= Dwell && uptime >= LeastUptimeForMemory)
            return RecycleReason.Memory;
        if (uptime < LeastUptime)
            return null;
        if (limits.Requests > 0 && requests >= limits.Requests)
            return RecycleReason.Requests;
        return limits.Age > TimeSpan.Zero && uptime >= limits.Age ? RecycleReason.Age : null;
    }
}
