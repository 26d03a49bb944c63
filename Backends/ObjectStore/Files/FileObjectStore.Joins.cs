using Ingestion.Backends.Disk;
using Ingestion.Uploads;
using Microsoft.Win32.SafeHandles;

namespace Ingestion.Backends.ObjectStore.Files;

/// <summary>Uploads that are copied from finished objects: each part inside the kernel to its place in the file.</summary>
internal sealed partial class FileObjectStore : IDisposable
{
    // Each holds a thread for as long as the disk takes for a part: one at a time leaves the others to clients.
    private readonly SemaphoreSlim _copies = new(1);

    public Task<string> BeginCopyAsync(ObjectKey key, string uploadId, CancellationToken cancellationToken) =>
        DurableDisk.RunAsync(
            (Path: PartPath(key.VideoId), key.VideoId),
            static begin =>
            {
                using (File.OpenHandle(begin.Path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete))
                    DurableDisk.FlushFolder(Path.GetDirectoryName(begin.Path)!);
                return begin.VideoId;
            },
            cancellationToken);

    public async Task<UploadPart?> CopyPartAsync(
        ObjectKey key, string uploadId, PartSpan span, IReadOnlyList<CopyRange> ranges, CancellationToken cancellationToken)
    {
        await _copies.WaitAsync(cancellationToken);
        try
        {
            return await _turns.WriteAsync(
                key.VideoId,
                span.Number,
                token => DurableDisk.RunAsync(
                    (this, key.VideoId, span, ranges, token), static copy => copy.Item1.CopyPart(copy.VideoId, copy.span, copy.ranges, copy.token), token),
                cancellationToken);
        }
        catch (IOException e) when (DiskFull.Is(e))
        {
            throw new ObjectStoreFullException("The disk of the object store is full.", e);
        }
        finally
        {
            _copies.Release();
        }
    }

    public void Dispose() => _copies.Dispose();

    private UploadPart? CopyPart(string id, PartSpan span, IReadOnlyList<CopyRange> ranges, CancellationToken cancellationToken)
    {
        using var target = OpenCopy(PartPath(id));
        var end = span.Offset;
        foreach (var range in ranges)
        {
            if (!File.Exists(ObjectPath(range.Source)))
                return null;
            using var source = File.OpenHandle(ObjectPath(range.Source), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
            if (!FileCopy.Copy(source, range.Offset, target, end, range.Length, cancellationToken))
                return null;
            end += range.Length;
        }

        RandomAccess.FlushToDisk(target);
        return new UploadPart(span.Number, span.Offset, end - span.Offset, ETag: "");
    }

    /// <summary>It was made at the beginning: a file that is not there any more belongs to an upload that has ended.</summary>
    private static SafeFileHandle OpenCopy(string path)
    {
        try
        {
            return File.OpenHandle(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (FileNotFoundException)
        {
            throw new WriterFencedException();
        }
    }
}
