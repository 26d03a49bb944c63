using Ingestion.Backends.Disk;
using Ingestion.Uploads;
using Microsoft.Win32.SafeHandles;

namespace Ingestion.Backends.ObjectStore;

/// <summary>
/// Writes one upload straight to its place in the file. It buffers nothing itself: the bytes it is given are in the page cache when
/// <see cref="WriteAsync"/> returns, and on the disk when <see cref="TakePartAsync"/> reports them.
/// </summary>
internal sealed class FileObjectWriter(string path, long start, int partSize) : IObjectWriter
{
    private readonly SafeFileHandle _file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read | FileShare.Delete, FileOptions.Asynchronous);
    private long _end = start;
    private long _reported = start;

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        try
        {
            await RandomAccess.WriteAsync(_file, bytes, _end, cancellationToken);
            _end += bytes.Length;
        }
        catch (IOException e) when (DiskFull.Is(e))
        {
            throw new ObjectStoreFullException("The disk of the object store is full.", e);
        }
    }

    public async ValueTask<UploadPart?> TakePartAsync(bool final, CancellationToken cancellationToken)
    {
        var length = Math.Min(_end - _reported, partSize);
        if (length < partSize && !(final && length > 0))
            return null;
        await DurableDisk.RunAsync(_file, static file => Flush(file), cancellationToken);
        var part = new UploadPart((int)(1 + (_reported / partSize)), _reported, length, ETag: "");
        _reported += length;
        return part;
    }

    public ValueTask DisposeAsync()
    {
        _file.Dispose();
        return ValueTask.CompletedTask;
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
}
