using System.Globalization;
using System.Runtime.CompilerServices;
using Ingestion.Backends.Buffers;
using Ingestion.Backends.Disk;
using Ingestion.Uploads;

namespace Ingestion.Backends.ObjectStore.Files;

/// <summary>
/// Objects as files: <c>{folder}/objects/{shard}/{id}/{name}</c>. An upload is written straight to its place in
/// <c>{folder}/uploads/{id}.part</c>, flushed before a part is reported, and renamed when it is complete: no byte is copied.
/// </summary>
internal sealed partial class FileObjectStore : IObjectStore
{
    // A part is what one flush covers; the file itself has no parts. Large, as each costs a flush and a grain call.
    private const int PartSize = 64 * 1024 * 1024;

    private const string PartExtension = ".part";

    private readonly string _objects;
    private readonly string _uploads;
    private readonly PartBufferSource _buffers;

    public FileObjectStore(string folder, PartBufferSource buffers)
    {
        _buffers = buffers;
        Writers = new OpenWriters(buffers.Time);
        // Absolute, because the path of an object is handed to other programs.
        _objects = Path.GetFullPath(Path.Combine(folder, "objects"));
        _uploads = Path.GetFullPath(Path.Combine(folder, "uploads"));
        Directory.CreateDirectory(_objects);
        Directory.CreateDirectory(_uploads);
    }

    internal OpenWriters Writers { get; }

    public PartPlan PlanFor(long? length) => PartPlan.For(length, long.MaxValue, PartSize);

    public async ValueTask<IObjectWriter> OpenWriterAsync(WriterStart start, CancellationToken cancellationToken)
    {
        var writer = new FileObjectWriter(this, _buffers, start);
        // One file, one writer: two would write over each other's bytes.
        await Writers.EnterAsync(writer);
        try
        {
            await writer.OpenAsync(PartPath(start.Key.VideoId), cancellationToken);
        }
        catch
        {
            await writer.DisposeAsync();
            throw;
        }

        return writer;
    }

    public Task FenceAsync(ObjectKey key, long epoch) => Writers.FenceAsync(key.VideoId, epoch);

    public Task<bool> CompleteAsync(ObjectKey key, string uploadId, IReadOnlyList<UploadPart> parts, CancellationToken cancellationToken) =>
        _turns.EndAsync(key.VideoId, () => DurableDisk.RunAsync((this, key, parts), static all => all.Item1.Complete(all.key, all.parts), cancellationToken));

    public Task AbortAsync(ObjectKey key, string uploadId, CancellationToken cancellationToken) =>
        _turns.EndAsync(key.VideoId, () => DurableDisk.RunAsync((this, key.VideoId), static abort => abort.Item1.Abort(abort.VideoId), cancellationToken));

    /// <summary>Tails lie at their final place here.</summary>
    public Task DeleteTailsAsync(ObjectKey key, long epoch, string? kept, CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task PutAsync(ObjectKey key, Stream content, CancellationToken cancellationToken)
    {
        using var buffer = new MemoryStream();
        await content.CopyToAsync(buffer, cancellationToken);
        await DurableDisk.RunAsync((Path: ObjectPath(key), buffer), static put => Put(put.Path, put.buffer), cancellationToken);
    }

    public Task<ObjectContent?> OpenReadAsync(ObjectKey key, long offset, long? count, CancellationToken cancellationToken)
    {
        var path = ObjectPath(key);
        if (Describe(path) is not { } info)
            return Task.FromResult<ObjectContent?>(null);
        try
        {
            var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0, FileOptions.Asynchronous);
            return Task.FromResult<ObjectContent?>(
                new ObjectContent(new FileRange(file, offset, Math.Min(count ?? long.MaxValue, info.Length - offset)), info));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return Task.FromResult<ObjectContent?>(null);
        }
    }

    public Task<ObjectInfo?> GetInfoAsync(ObjectKey key, CancellationToken cancellationToken) => Task.FromResult(Describe(ObjectPath(key)));

    public string? FileOf(ObjectKey key) => ObjectPath(key);

    public Task DeleteAllAsync(string videoId, CancellationToken cancellationToken) =>
        _turns.EndAsync(
            videoId,
            () => DurableDisk.RunAsync(
                (this, videoId),
                static all => all.Item1.Abort(all.videoId) | DeleteFolder(Path.GetDirectoryName(all.Item1.ObjectPath(ObjectKey.Source(all.videoId)))!),
                cancellationToken));

    public async IAsyncEnumerable<UnfinishedUpload> ListUnfinishedAsync(DateTimeOffset before, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        // A direct upload's markers may be all that a crash has left of it.
        foreach (var entry in new DirectoryInfo(_uploads).EnumerateFileSystemInfos("*.part*"))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var id = Path.GetFileNameWithoutExtension(entry.Name);
            if (entry.LastWriteTimeUtc < before.UtcDateTime && (entry.Extension == PartExtension || !File.Exists(PartPath(id))))
                yield return new UnfinishedUpload(id, id);
        }
    }

    private string PartPath(string uploadId) => Path.Combine(_uploads, uploadId + PartExtension);

    private PartMarkers MarkersOf(string uploadId) => new(Path.Combine(_uploads, uploadId + ".parts"));

    // The first digits of an id are its time and the same for all of a day's; the last ones are random.
    private string ObjectPath(ObjectKey key) => Path.Combine(_objects, key.VideoId[^2..], key.VideoId, key.Name);

    private bool Complete(ObjectKey key, IReadOnlyList<UploadPart> parts)
    {
        var (source, target, markers) = (new FileInfo(PartPath(key.VideoId)), ObjectPath(key), MarkersOf(key.VideoId));
        var length = parts.Count == 0 ? 0 : parts[^1].Offset + parts[^1].Length;
        if (source.Exists)
        {
            if (source.Length < length || (markers.Exist && !markers.Match(parts)))
                return false;
            if (source.Length > length)
                Truncate(source.FullName, length);
            Move(source.FullName, target);
        }
        else if (length == 0 && !File.Exists(target))
        {
            // No byte ever came: no file was begun.
            Put(target, new MemoryStream());
        }

        if (!File.Exists(target) || new FileInfo(target).Length != length)
            return false;
        markers.Delete();
        return true;
    }

    private bool Abort(string videoId)
    {
        MarkersOf(videoId).Delete();
        return DeleteFile(PartPath(videoId));
    }

    private static void Move(string part, string target)
    {
        var folder = Path.GetDirectoryName(target)!;
        DurableDisk.CreateFolder(folder);
        File.Move(part, target, overwrite: true);
        DurableDisk.FlushFolder(folder);
    }

    /// <summary>Bytes behind the manifest's end were written but never acknowledged.</summary>
    private static void Truncate(string path, long length)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Write);
        RandomAccess.SetLength(file, length);
        RandomAccess.FlushToDisk(file);
    }

    private static bool Put(string path, MemoryStream content)
    {
        DurableDisk.CreateFolder(Path.GetDirectoryName(path)!);
        DurableDisk.ReplaceFile(path, content.GetBuffer().AsSpan(0, (int)content.Length));
        return true;
    }

    private static bool DeleteFile(string path)
    {
        File.Delete(path);
        return true;
    }

    private static bool DeleteFolder(string path)
    {
        try
        {
            Directory.Delete(path, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            return false;
        }

        return true;
    }

    private static ObjectInfo? Describe(string path)
    {
        var file = new FileInfo(path);
        if (!file.Exists)
            return null;
        // Objects are never changed in place, so length and time of completion distinguish two versions.
        var tag = string.Create(CultureInfo.InvariantCulture, $"{file.Length:x}-{file.LastWriteTimeUtc.Ticks:x}");
        return new ObjectInfo(file.Length, tag, new DateTimeOffset(file.LastWriteTimeUtc));
    }
}
