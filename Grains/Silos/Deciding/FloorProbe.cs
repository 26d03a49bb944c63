using Ingestion.Grains.Silos.Sensing;

namespace Ingestion.Grains.Silos.Deciding;

/// <summary>
/// When a collection is made only to see the floor: pure. Once ten minutes have had none though the silo worked; better while no upload is under way, but
/// after fifteen minutes in any case.
/// </summary>
internal sealed class FloorProbe
{
    /// <summary>Without a floor for so long one is due.</summary>
    public static readonly TimeSpan Due = TimeSpan.FromMinutes(10);

    /// <summary>Then it does not wait for a quiet moment any more.</summary>
    public static readonly TimeSpan Overdue = TimeSpan.FromMinutes(15);

    // A silo that has allocated less has served next to nothing, and so leaked next to nothing.
    private const long Traffic = 16L * 1024 * 1024;

    private TimeSpan? _seenAt;
    private long _allocated;

    /// <summary>Whether the floor should be measured now.</summary>
    /// <param name="now">On a clock that only goes forward.</param>
    /// <param name="reading">The newest.</param>
    /// <param name="allowed">A pause is within its budget, and there is no pressure that calls for other collections.</param>
    public bool IsDue(TimeSpan now, in MemoryReading reading, bool allowed)
    {
        if (_seenAt is null)
            Seen(now, reading);
        var waited = now - _seenAt;
        return allowed && waited >= Due && reading.Heap.AllocatedBytes - _allocated >= Traffic
            && (waited >= Overdue || reading.Load is { BufferBytes: 0, QueuedBytes: 0 });
    }

    /// <summary>A floor has been measured, for whatever reason.</summary>
    public void Seen(TimeSpan now, in MemoryReading reading) => (_seenAt, _allocated) = (now, reading.Heap.AllocatedBytes);
}
