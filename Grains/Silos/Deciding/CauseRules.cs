using Ingestion.Grains.Silos.Sensing;
using Ingestion.Silos;

namespace Ingestion.Grains.Silos.Deciding;

/// <summary>What takes most of the memory: pure. The level says that there is too much; the cause says which action can help.</summary>
internal static class CauseRules
{
    /// <summary>What a silo takes outside the managed heap without any load: code, stacks, the runtime's own. No action frees it.</summary>
    public const long NativeBase = 32L * 1024 * 1024;

    /// <summary>What a silo's own live objects take without any load.</summary>
    public const long LiveBase = 24L * 1024 * 1024;

    // Idle grains explain the live objects only where they are a part of them that matters.
    private const double Explained = 0.2;

    /// <summary>The cause while there is pressure.</summary>
    /// <param name="reading">What was read.</param>
    /// <param name="isTree">The tools or the cgroup, not RSS, come closest to their limit.</param>
    /// <param name="floorRises">What stays after each collection grows (<see cref="LeakRules"/>).</param>
    public static MemoryCause Of(in MemoryReading reading, bool isTree, bool floorRises)
    {
        // Cheapest first: of equal parts the one that is easier to free.
        Span<(MemoryCause Cause, long Bytes)> parts =
        [
            (MemoryCause.Buffers, reading.Load.BufferBytes),
            (MemoryCause.Garbage, reading.GarbageBytes),
            (MemoryCause.Native, reading.NativeBytes - NativeBase),
            (MemoryCause.SocketQueues, reading.Load.QueuedBytes),
            (MemoryCause.LiveGrains, reading.Heap.LiveBytes - reading.Load.QueuedBytes - LiveBase),
            (MemoryCause.Children, isTree ? reading.Tools.ResidentBytes : 0),
            (MemoryCause.Kernel, isTree && reading.Cgroup.IsOwn ? reading.Cgroup.FixedBytes - reading.TreeBytes : 0),
        ];
        var largest = parts[0];
        foreach (var part in parts)
        {
            if (part.Bytes > largest.Bytes)
                largest = part;
        }

        return largest.Cause == MemoryCause.LiveGrains && floorRises && !IsExplained(reading) ? MemoryCause.Leak : largest.Cause;
    }

    private static bool IsExplained(in MemoryReading reading) => reading.Load.Grains.EstimatedBytes >= Explained * reading.Heap.LiveBytes;
}
