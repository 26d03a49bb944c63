using Ingestion.Silos;
using Ingestion.Silos.Recycling;

namespace Ingestion.Grains.Silos.Deciding;

/// <summary>When a silo is to restart itself, and why.</summary>
internal sealed class RecycleRules(RecycleLimits limits)
{
    /// <summary>How long level 4 must last: all that the governor can do about it was tried by then.</summary>
    public static readonly TimeSpan Dwell = TimeSpan.FromSeconds(5);

    /// <summary>A silo whose memory is above its budget soon after its start would be so again: restarts in a loop free nothing.</summary>
    public static readonly TimeSpan LeastUptimeForMemory = TimeSpan.FromMinutes(2);

    /// <summary>
    /// A limit of few requests makes no loop that a supervisor takes for a failing program: systemd's unit allows ten starts in five minutes.
    /// </summary>
    public static readonly TimeSpan LeastUptime = TimeSpan.FromSeconds(30);

    private TimeSpan? _emergencySince;

    /// <param name="uptime">Since the silo takes requests.</param>
    /// <param name="requests">Taken since then.</param>
    /// <param name="level">The level of memory pressure.</param>
    /// <param name="isOrdered">An operator has requested it.</param>
    /// <returns>Why the silo is to restart itself now; null: it is not to.</returns>
    public RecycleReason? Observe(TimeSpan uptime, long requests, MemoryLevel level, bool isOrdered)
    {
        _emergencySince = level < MemoryLevel.Emergency ? null : _emergencySince ?? uptime;
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
