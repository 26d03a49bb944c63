using Ingestion.Backends.Disk;
using Microsoft.Win32.SafeHandles;

namespace Ingestion.Backends.ObjectStore.Files;

/// <summary>
/// The file of one upload. Whole blocks bypass the page cache; small pieces, of clients that would take long to fill a block, go through it, as
/// the disk could not stand one write for each. All of it blocks: call it through <see cref="DurableDisk"/>.
/// </summary>
internal sealed class UploadFile : IDisposable
{
    /// <summary>What offsets and lengths of direct I/O must be a multiple of; the largest block size in use.</summary>
    public const int Alignment = 4096;

    private readonly string _path;
    private readonly SafeFileHandle _direct;
    private readonly bool _isDirect;
    private SafeFileHandle? _cached;

    public UploadFile(string path)
    {
        _path = path;
        (_direct, _isDirect) = DirectFile.OpenForWriting(path);
    }

    /// <summary>The start of the block that <paramref name="offset"/> lies in.</summary>
    public static long BlockStart(long offset) => offset - (offset % Alignment);

    /// <summary>
    /// Writes bytes from the start of a block. Where they end within one, it must be the file's end: they take room up to the block's end in
    /// <paramref name="buffer"/> too.
    /// </summary>
    public void WriteBlocks(Memory<byte> buffer, int length, long offset)
    {
        var whole = _isDirect ? (length + (Alignment - 1)) & ~(Alignment - 1) : length;
        var bytes = buffer.Span[..whole];
        bytes[length..].Clear();
        RandomAccess.Write(_direct, bytes, offset);
        if (whole > length)
            RandomAccess.SetLength(_direct, offset + length);
    }

    /// <summary>Writes bytes anywhere, through the page cache.</summary>
    public void WriteCached(ReadOnlyMemory<byte> bytes, long offset) => RandomAccess.Write(Cached(), bytes.Span, offset);

    /// <summary>Reads what is there already.</summary>
    public void ReadBack(Memory<byte> buffer, long offset)
    {
        if (buffer.IsEmpty)
            return;
        using var existing = File.OpenHandle(_path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        if (RandomAccess.Read(existing, buffer.Span, offset) < buffer.Length)
            throw new InvalidDataException($"The unfinished file {_path} is shorter than in its manifest.");
    }

    /// <summary>Makes all that was written durable, whatever way it took.</summary>
    public void Flush() => RandomAccess.FlushToDisk(_direct);

    public void Dispose()
    {
        _direct.Dispose();
        _cached?.Dispose();
    }

    private SafeFileHandle Cached() =>
        _cached ??= _isDirect ? File.OpenHandle(_path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete) : _direct;
}
