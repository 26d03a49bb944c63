using System.Globalization;
using Ingestion.Backends.Disk;
using Ingestion.Uploads;

namespace Ingestion.Backends.ObjectStore;

/// <summary>
/// Objects as files: <c>{folder}/objects/{shard}/{id}/{name}</c>. An upload is written straight to its place in
/// <c>{folder}/uploads/{id}.part</c>, flushed before a part is reported, and renamed when it is complete: no byte is copied.
/// </summary>
internal sealed class FileObjectStore : IObjectStore
{
    // A part is what one flush covers; the file itself has no parts. Large, as each costs a flush and a grain call.
    private const int PartSize = 64 * 1024 * 1024;

    private readonly string _objects;
    private readonly string _uploads;

    public FileObjectStore(string folder)
    {
        // Absolute, because the address of an object is handed to other programs.
        _objects = Path.GetFullPath(Path.Combine(folder, "objects"));
        _uploads = Path.GetFullPath(Path.Combine(folder, "uploads"));
        Directory.CreateDirectory(_objects);
        Directory.CreateDirectory(_uploads);
    }

    public int PartSizeFor(long? length) => PartSize;

    public ValueTask<string> BeginAsync(ObjectKey key, CancellationToken cancellationToken) => new(key.VideoId);

    public async ValueTask<IObjectWriter> OpenWriterAsync(ObjectKey key, string uploadId, long offset, int partSize, CancellationToken cancellationToken) =>
        await FileObjectWriter.OpenAsync(PartPath(uploadId), offset, partSize, cancellationToken);

    public Task<bool> CompleteAsync(ObjectKey key, string uploadId, IReadOnlyList<UploadPart> parts, CancellationToken cancellationToken)
    {
        var length = parts.Count == 0 ? 0 : parts[^1].Offset + parts[^1].Length;
        return DurableDisk.RunAsync((Part: PartPath(uploadId), Object: ObjectPath(key), length), static move => Complete(move.Part, move.Object, move.length), cancellationToken);
    }

    public Task AbortAsync(ObjectKey key, string uploadId, CancellationToken cancellationToken) =>
        DurableDisk.RunAsync(PartPath(uploadId), static path => DeleteFile(path), cancellationToken);

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
            return Task.FromResult<ObjectContent?>(new ObjectContent(new FileRange(file, offset, Math.Min(count ?? long.MaxValue, info.Length - offset)), info));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return Task.FromResult<ObjectContent?>(null);
        }
    }

    public Task<ObjectInfo?> GetInfoAsync(ObjectKey key, CancellationToken cancellationToken) => Task.FromResult(Describe(ObjectPath(key)));

    public ValueTask<string> GetReadAddressAsync(ObjectKey key, CancellationToken cancellationToken) => new(ObjectPath(key));

    public Task DeleteAllAsync(string videoId, CancellationToken cancellationToken) =>
        DurableDisk.RunAsync(
            (Folder: Path.GetDirectoryName(ObjectPath(ObjectKey.Source(videoId)))!, Part: PartPath(videoId)),
            static all => DeleteFile(all.Part) | DeleteFolder(all.Folder),
            cancellationToken);

    /// <summary>Uploads whose file was last written before <paramref name="before"/>; for the sweep.</summary>
    public IEnumerable<string> UnfinishedBefore(DateTimeOffset before)
    {
        foreach (var file in new DirectoryInfo(_uploads).EnumerateFiles("*.part"))
        {
            if (file.LastWriteTimeUtc < before.UtcDateTime)
                yield return Path.GetFileNameWithoutExtension(file.Name);
        }
    }

    private string PartPath(string uploadId) => Path.Combine(_uploads, uploadId + ".part");

    // The first digits of an id are its time and the same for all of a day's; the last ones are random.
    private string ObjectPath(ObjectKey key) => Path.Combine(_objects, key.VideoId[^2..], key.VideoId, key.Name);

    private static bool Complete(string part, string target, long length)
    {
        var source = new FileInfo(part);
        if (!source.Exists)
            return File.Exists(target) && new FileInfo(target).Length == length;
        if (source.Length < length)
            return false;
        if (source.Length > length)
            Truncate(part, length);
        var folder = Path.GetDirectoryName(target)!;
        DurableDisk.CreateFolder(folder);
        File.Move(part, target, overwrite: true);
        DurableDisk.FlushFolder(folder);
        return true;
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
        // Objects are never changed in place, so length and time of completion tell two versions apart.
        var tag = string.Create(CultureInfo.InvariantCulture, $"{file.Length:x}-{file.LastWriteTimeUtc.Ticks:x}");
        return new ObjectInfo(file.Length, tag, new DateTimeOffset(file.LastWriteTimeUtc));
    }
}
