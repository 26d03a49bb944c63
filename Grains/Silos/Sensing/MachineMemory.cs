namespace Ingestion.Grains.Silos.Sensing;

/// <summary>Memory of the machine.</summary>
internal static class MachineMemory
{
    /// <summary>In bytes. Without <c>/proc</c> it is what the runtime believes.</summary>
    public static long Read(string root)
    {
        using var file = KernelFile.Open(Path.Combine(root, "proc/meminfo"));
        Span<byte> room = stackalloc byte[256];
        return file is not null && KernelFile.Field(file.Read(room), "MemTotal:"u8) is { } kib
            ? kib * 1024 : GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
    }
}
