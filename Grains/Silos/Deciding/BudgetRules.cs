using Ingestion.Grains.Silos.Sensing;

namespace Ingestion.Grains.Silos.Deciding;

/// <summary>What the silo may use of what the system gives: pure.</summary>
internal static class BudgetRules
{
    // The rest is for what is charged to the limit and is not RSS: kernel memory of sockets, pages of files in use. The highest mark of the governor
    // (1.08 × the budget) is then 0.92 × the limit: it acts before the kernel does.
    private const double Share = 0.85;

    /// <summary>min(configured, 0.85 × (limit − reserve)); the reserve is at most half of the limit.</summary>
    public static long Budget(long configured, long limit, long reserve) => Math.Min(configured, (long)((limit - Math.Min(reserve, limit / 2)) * Share));

    /// <summary>RSS of the budget.</summary>
    public static MemoryUse Own(in MemoryReading reading, long budget) => new(reading.Process.ResidentBytes, Math.Max(1, budget));

    /// <summary>
    /// Silo and tools together of 0.85 × the limit; where nothing else is in the cgroup, all that it is charged with but pages of files: kernel memory of sockets
    /// is in it.
    /// </summary>
    public static MemoryUse Tree(in MemoryReading reading) =>
        new(Math.Max(reading.TreeBytes, reading.Cgroup.IsOwn ? reading.Cgroup.FixedBytes : 0), Math.Max(1, (long)(reading.LimitBytes * Share)));
}

/// <summary>How much memory is used of what may be.</summary>
internal readonly record struct MemoryUse(long UsedBytes, long RoomBytes)
{
    /// <summary>More than 1 is too much.</summary>
    public double Share => (double)UsedBytes / RoomBytes;

    /// <summary>What would have to go until no more than <paramref name="share"/> is used.</summary>
    public long Above(double share) => Math.Max(0, UsedBytes - (long)(share * RoomBytes));
}
