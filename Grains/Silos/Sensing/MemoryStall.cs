using System.Buffers.Text;

namespace Ingestion.Grains.Silos.Sensing;

/// <summary>For how much of its time something waited for memory (PSI): of the cgroup where there is one, else of the machine.</summary>
internal sealed class MemoryStall(string root, string? cgroup) : IDisposable
{
    private readonly KernelFile? _file =
        (cgroup is null ? null : KernelFile.Open(Path.Combine(cgroup, "memory.pressure"))) ?? KernelFile.Open(Path.Combine(root, "proc/pressure/memory"));

    /// <summary>Share (0 to 1) of the last ten seconds in which at least one task waited; 0 where the kernel does not report it.</summary>
    public double Read()
    {
        // "some avg10=0.00 avg60=…".
        var begin = "some avg10="u8;
        if (_file is null)
            return 0;
        Span<byte> room = stackalloc byte[256];
        var text = _file.Read(room);
        return text.StartsWith(begin) && Utf8Parser.TryParse(text[begin.Length..], out double percent, out _) ? percent / 100 : 0;
    }

    public void Dispose() => _file?.Dispose();
}
