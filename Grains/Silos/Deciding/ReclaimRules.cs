namespace Ingestion.Grains.Silos.Deciding;

/// <summary>
/// When a silo that has become quiet gives back what a rush made it take: pure. After a rush the collector has nothing to do and so frees
/// nothing, and the system's allocator keeps what it once got; so it is triggered here. Once a rush, and seldom when it frees little.
/// </summary>
internal sealed class ReclaimRules(long thresholdBytes)
{
    /// <summary>Allocating less than this in a second is quiet: heartbeats, timers, a few requests.</summary>
    public const long QuietBytesPerSecond = 1024 * 1024;

    // What is allocated in bursts counts over this.
    private static readonly TimeSpan _period = TimeSpan.FromSeconds(1);

    // Long enough to be no pause between two requests.
    private static readonly TimeSpan _quietFor = TimeSpan.FromSeconds(10);

    // What is left is in use then; it is freed by sockets that close and uploads that end, not by a collection.
    private const long LittleYield = 16 * 1024 * 1024;

    private static readonly TimeSpan _afterLittleYield = TimeSpan.FromMinutes(5);

    private TimeSpan? _sampledAt;
    private long _allocated;
    private TimeSpan _busyAt;
    private TimeSpan _notBefore = TimeSpan.MinValue;
    private bool _rushed = true;

    /// <summary>Takes a sample, one a second at most; true when memory should be given back now.</summary>
    /// <param name="now">When it was taken, on a clock that only goes forward.</param>
    /// <param name="residentBytes">RSS of the process.</param>
    /// <param name="allocatedBytes">All that the process has allocated since its start.</param>
    /// <param name="allowed">A collection may be made now; otherwise it is made later.</param>
    public bool Observe(TimeSpan now, long residentBytes, long allocatedBytes, bool allowed = true)
    {
        if (now - _sampledAt < _period)
            return false;
        var (since, before) = (_sampledAt, _allocated);
        (_sampledAt, _allocated) = (now, allocatedBytes);
        if (since is null || allocatedBytes - before >= QuietBytesPerSecond * (now - since.Value).TotalSeconds)
        {
            (_rushed, _busyAt) = (true, now);
            return false;
        }

        if (!allowed || !_rushed || residentBytes < thresholdBytes || now - _busyAt < _quietFor || now < _notBefore)
            return false;
        _rushed = false;
        return true;
    }

    /// <summary>Memory was given back. What that allocated itself is no rush.</summary>
    public void Reclaimed(TimeSpan now, long freedBytes, long allocatedBytes)
    {
        (_sampledAt, _allocated) = (now, allocatedBytes);
        _notBefore = freedBytes < LittleYield ? now + _afterLittleYield : now;
    }
}
