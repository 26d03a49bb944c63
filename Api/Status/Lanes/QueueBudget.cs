using Ingestion.Silos;

namespace Ingestion.Api.Status.Lanes;

/// <summary>
/// What waits for slow readers in all sockets of this silo together. Each socket is bounded, but ten thousand of them that stall at once would
/// still hold gigabytes; beyond the budget only a socket for which nothing waits may make something wait. When memory is short, less may wait.
/// </summary>
/// <param name="mostBytes">What may wait at most, in bytes.</param>
/// <param name="pressure">What the silo may use, of which at most an eighth may wait; null: there is no such bound.</param>
internal sealed class QueueBudget(long mostBytes, IMemoryPressure? pressure = null)
{
    // 64 of 512 MiB, which is the setting as it comes.
    private const int Share = 8;

    private long _used;
    private volatile int _halvings;
    private volatile bool _coalesces;

    /// <summary>What may wait now.</summary>
    public long LimitBytes => Math.Min(mostBytes, (pressure?.BudgetBytes ?? long.MaxValue) / Share) >> _halvings;

    public long UsedBytes => Volatile.Read(ref _used);

    /// <summary>Memory is short: states and progress wait longer, so that the newest stands for more of them.</summary>
    public bool Coalesces => _coalesces;

    /// <summary>The level of the silo's memory is this one.</summary>
    public void Follow(MemoryLevel level)
    {
        _coalesces = level >= MemoryLevel.Critical;
        _halvings = level >= MemoryLevel.Critical ? 2 : level == MemoryLevel.High ? 1 : 0;
    }

    /// <summary>Whether <paramref name="bytes"/> more may wait in a socket in which <paramref name="waiting"/> do.</summary>
    public bool Allows(int bytes, long waiting) => waiting == 0 || UsedBytes + bytes <= LimitBytes;

    /// <summary>Counts what came (or, negative, went).</summary>
    public void Count(long bytes) => Interlocked.Add(ref _used, bytes);
}
