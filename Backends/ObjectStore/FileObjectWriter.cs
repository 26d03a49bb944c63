using Ingestion.Backends.Disk;
using Ingestion.Uploads;
using Microsoft.Win32.SafeHandles;

namespace Ingestion.Backends.ObjectStore;

/// <summary>
/// Writes one upload straight to its place in the file, from one aligned buffer that the socket's bytes are read into. What
/// <see cref="TakePartAsync"/> reports is on the disk.
/// </summary>
internal sealed class FileObjectWriter : IObjectWriter
{
    private readonly string _path;
    private readonly int _partSize;
    private readonly SafeFileHandle _file;
    private readonly AlignedBuffer _buffer = AlignedBuffer.Rent();
    private long _bufferStart;
    private int _buffered;
    private long _written;
    private long _reported;
    private bool _disposed;

    private FileObjectWriter(string path, SafeFileHandle file, long start, int partSize)
    {
        (_path, _file, _partSize, _reported, _written) = (path, file, partSize, start, start);
        _bufferStart = start - (start % AlignedBuffer.Alignment);
        _buffered = (int)(start - _bufferStart);
    }

    private long End => _bufferStart + _buffered;

    /// <summary>Opens the file and goes on at <paramref name="start"/>; blocking, off the caller's scheduler.</summary>
    public static Task<FileObjectWriter> OpenAsync(string path, long start, int partSize, CancellationToken cancellationToken) =>
        DurableDisk.RunAsync((path, start, partSize), static open => Open(open.path, open.start, open.partSize), cancellationToken);

    public Memory<byte> GetMemory() => _buffer.Memory[_buffered..];

    public async ValueTask AdvanceAsync(int count, CancellationToken cancellationToken)
    {
        _buffered += count;
        if (_buffered == AlignedBuffer.Size)
            await WriteAsync(final: false, cancellationToken);
    }

    public async ValueTask<UploadPart?> TakePartAsync(bool final, CancellationToken cancellationToken)
    {
        // Only what stands in whole buffers counts until the end, so that every part but the last is full.
        var length = Math.Min((final ? End : _bufferStart) - _reported, _partSize);
        if (length < _partSize && !(final && length > 0))
            return null;
        await WriteAsync(final, cancellationToken);
        await DurableDisk.RunAsync(_file, static file => Flush(file), cancellationToken);
        var part = new UploadPart((int)(1 + (_reported / _partSize)), _reported, length, ETag: "");
        _reported += length;
        return part;
    }

    public async ValueTask DisposeAsync()
    {
        if (_disposed)
            return;
        _disposed = true;
        AlignedBuffer.Return(_buffer);
        // Closing may write the file's size: blocking like all else.
        await DurableDisk.RunAsync(_file, static file => Close(file), CancellationToken.None);
    }

    private static FileObjectWriter Open(string path, long start, int partSize)
    {
        var (file, _) = DirectFile.OpenForWriting(path);
        var writer = new FileObjectWriter(path, file, start, partSize);
        writer.ReadBackBlock();
        return writer;
    }

    /// <summary>Direct I/O writes whole blocks: the start of the first one is what already stands there.</summary>
    private void ReadBackBlock()
    {
        if (_buffered == 0)
            return;
        using var existing = File.OpenHandle(_path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        if (RandomAccess.Read(existing, _buffer.Memory.Span[.._buffered], _bufferStart) < _buffered)
            throw new InvalidDataException($"The unfinished file {_path} is shorter than its manifest says.");
    }

    private async ValueTask WriteAsync(bool final, CancellationToken cancellationToken)
    {
        if (_buffered == 0 || End == _written || !(final || _buffered == AlignedBuffer.Size))
            return;
        // Not cancellable once begun: the buffer must stay ours until the kernel is done with it.
        await DurableDisk.RunAsync(this, static writer => writer.Write(), cancellationToken);
        if (_buffered == AlignedBuffer.Size)
            (_bufferStart, _buffered) = (_bufferStart + AlignedBuffer.Size, 0);
    }

    /// <summary>Writes the buffer up to the next block border, and cuts the file where the bytes end.</summary>
    private bool Write()
    {
        try
        {
            var whole = _buffered + (AlignedBuffer.Alignment - 1) & ~(AlignedBuffer.Alignment - 1);
            var bytes = _buffer.Memory.Span[..whole];
            bytes[_buffered..].Clear();
            RandomAccess.Write(_file, bytes, _bufferStart);
            if (whole > _buffered)
                RandomAccess.SetLength(_file, End);
            _written = End;
            return true;
        }
        catch (IOException e) when (DiskFull.Is(e))
        {
            throw new ObjectStoreFullException("The disk of the object store is full.", e);
        }
    }

    private static bool Flush(SafeFileHandle file)
    {
        try
        {
            RandomAccess.FlushToDisk(file);
            return true;
        }
        catch (IOException e) when (DiskFull.Is(e))
        {
            throw new ObjectStoreFullException("The disk of the object store is full.", e);
        }
    }

    private static bool Close(SafeFileHandle file)
    {
        file.Dispose();
        return true;
    }
}
