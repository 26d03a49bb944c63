using System.Buffers.Text;

namespace Ingestion.Grains.Silos.Sensing;

/// <summary>RSS of this process, and what it is made of.</summary>
internal sealed class ResidentMemory(string root) : IDisposable
{
    private readonly KernelFile? _statm = KernelFile.Open(Path.Combine(root, "proc/self/statm"));

    // The same for all threads, and cheaper than smaps_rollup, which walks all page tables.
    private readonly KernelFile? _status = KernelFile.Open(Path.Combine(root, "proc/self/status"));

    public ProcessReading Read()
    {
        if (_status is not null)
        {
            Span<byte> room = stackalloc byte[KernelFile.MostBytes / 2];
            var text = _status.Read(room);
            // Kernels before 4.5 do not split it.
            if (KernelFile.Field(text, "RssAnon:"u8) is { } anonymous && KernelFile.Field(text, "RssFile:"u8) is { } file)
            {
                var shared = KernelFile.Field(text, "RssShmem:"u8) ?? 0;
                return new ProcessReading((anonymous + file + shared) * 1024, anonymous * 1024, (file + shared) * 1024);
            }
        }

        return Unsplit(_statm is null ? Environment.WorkingSet : ReadPages() * Environment.SystemPageSize);
    }

    public void Dispose()
    {
        _statm?.Dispose();
        _status?.Dispose();
    }

    private static ProcessReading Unsplit(long resident) => new(resident, resident, 0);

    /// <summary>"size resident shared …".</summary>
    private long ReadPages()
    {
        Span<byte> room = stackalloc byte[128];
        var text = _statm!.Read(room);
        return Utf8Parser.TryParse(text[(text.IndexOf((byte)' ') + 1)..], out long pages, out _) ? pages : 0;
    }
}
