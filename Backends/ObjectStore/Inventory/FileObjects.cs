using System.Runtime.CompilerServices;
using Ingestion.Uploads;

namespace Ingestion.Backends.ObjectStore.Inventory;

/// <summary>The files of the file object store, in the folder of a data folder.</summary>
public sealed class FileObjects(string folder) : IObjectInventory
{
    private readonly string _objects = Path.Combine(folder, "objects");
    private readonly string _uploads = Path.Combine(folder, "uploads");

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoredObject> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        if (!Directory.Exists(_objects))
            yield break;
        foreach (var video in Directory.EnumerateDirectories(_objects).SelectMany(Directory.EnumerateDirectories))
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var found in ObjectsOf(Path.GetFileName(video)))
                yield return found;
        }
    }

    /// <inheritdoc/>
    public Task<ILookup<string, StoredObject>> FindAsync(IReadOnlyList<string> videoIds, CancellationToken cancellationToken) =>
        Task.FromResult(videoIds.SelectMany(ObjectsOf).ToLookup(found => found.VideoId));

    /// <inheritdoc/>
    public async IAsyncEnumerable<UnfinishedUpload> ListUnfinishedAsync(DateTimeOffset before, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        if (!Directory.Exists(_uploads))
            yield break;
        foreach (var file in new DirectoryInfo(_uploads).EnumerateFiles("*.part"))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (file.LastWriteTimeUtc < before.UtcDateTime && Path.GetFileNameWithoutExtension(file.Name) is var id && MediaId.IsValid(id))
                yield return new UnfinishedUpload(id, id);
        }
    }

    /// <inheritdoc/>
    public Task<bool> HasBytesAsync(UploadBytes upload, CancellationToken cancellationToken)
    {
        var end = upload.Parts.Count == 0 ? 0 : upload.Parts[^1].Offset + upload.Parts[^1].Length;
        var file = new FileInfo(Path.Combine(_uploads, upload.Id + ".part"));
        return Task.FromResult(end + (upload.Tail?.Length ?? 0) is var needed && (needed == 0 || (file.Exists && file.Length >= needed)));
    }

    /// <inheritdoc/>
    public Task<Stream?> OpenSourceAsync(string videoId, CancellationToken cancellationToken)
    {
        var source = ObjectKey.Source(videoId);
        try
        {
            return Task.FromResult<Stream?>(File.OpenRead(Path.Combine(FolderOf(videoId), source.Name)));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return Task.FromResult<Stream?>(null);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private string FolderOf(string videoId) => Path.Combine(_objects, videoId[^2..], videoId);

    private IEnumerable<StoredObject> ObjectsOf(string videoId)
    {
        if (!MediaId.IsValid(videoId) || new DirectoryInfo(FolderOf(videoId)) is not { Exists: true } video)
            return [];
        return video.EnumerateFiles().Select(file => new StoredObject(videoId, file.Name, file.Length, new DateTimeOffset(file.LastWriteTimeUtc)));
    }
}
