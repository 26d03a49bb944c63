using System.Buffers.Text;
using System.Runtime.InteropServices;
using Ingestion.Silos;

namespace Ingestion.Grains.Silos;

/// <summary>Reads the memory of this process. RSS comes from <c>/proc/self/statm</c> where there is one.</summary>
internal sealed partial class ProcessMemory(TimeProvider time, long configuredBudget)
{
    private const string Statm = "/proc/self/statm";

    private readonly long _budget = Budget(configuredBudget, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);

    /// <summary>min(configured, 0.9 × what the cgroup or machine has), so that the governor acts before the kernel does.</summary>
    public static long Budget(long configured, long available) => Math.Min(configured, (long)(available * 0.9));

    /// <summary>A fresh sample.</summary>
    public MemorySample Read()
    {
        var gc = GC.GetGCMemoryInfo(GCKind.Any);
        return new MemorySample(ReadResidentBytes(), _budget, GC.GetTotalMemory(forceFullCollection: false), gc.TotalCommittedBytes, time.GetUtcNow(), default);
    }

    /// <summary>RSS now; allocates nothing where there is a <c>/proc</c>.</summary>
    public static long ReadResidentBytes()
    {
        if (!File.Exists(Statm))
            return Environment.WorkingSet;
        using var file = File.OpenHandle(Statm);
        Span<byte> text = stackalloc byte[128];
        var statm = text[..RandomAccess.Read(file, text, 0)];
        // "size resident shared …", in pages.
        var resident = statm[(statm.IndexOf((byte)' ') + 1)..];
        return Utf8Parser.TryParse(resident, out long pages, out _) ? pages * Environment.SystemPageSize : Environment.WorkingSet;
    }

    /// <summary>
    /// Gives everything that is not in use back to the system: the managed heap, compacted, and what the C library keeps of freed native
    /// memory. Stops all threads for some tens of milliseconds.
    /// </summary>
    public static void GiveBack()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        if (!OperatingSystem.IsLinux())
            return;
        try
        {
            _ = TrimNativeHeap(0);
        }
        catch (EntryPointNotFoundException)
        {
            // Only glibc has it; musl gives back by itself.
        }
    }

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int TrimNativeHeap(nuint kept);
}
