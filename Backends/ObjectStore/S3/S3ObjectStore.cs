using System.Runtime.CompilerServices;
using Amazon.S3;
using Ingestion.Backends.Buffers;
using Ingestion.Backends.ObjectStore.Files;
using Ingestion.Uploads;
using Microsoft.Extensions.Logging;

namespace Ingestion.Backends.ObjectStore.S3;

/// <summary>
/// Objects in a bucket, as <c>{prefix}{id}/{name}</c>. An upload is a multipart upload, or one request where it is smaller than a part; what an
/// interrupted writer had beyond its parts is a tail object beside it.
/// </summary>
internal sealed partial class S3ObjectStore : IObjectStore, IDisposable
{
    private readonly S3ObjectStoreOptions _options;
    private readonly PartBufferSource _buffers;
    private readonly long _maxFileBytes;

    public S3ObjectStore(IAmazonS3 client, S3ObjectStoreOptions options, long maxFileBytes, PartBufferSource buffers, S3Metrics? metrics,
        ILogger<S3ObjectStore> logger)
    {
        (_options, _buffers, _maxFileBytes) = (options, buffers, maxFileBytes);
        Writers = new OpenWriters(buffers.Time);
        Outage = new S3Outage(buffers.Time, logger);
        var retry = new S3Retry(options, Outage, buffers.Time, metrics, logger);
        Control = new S3Control(client, options, retry);
        Transfer = new S3Transfer(Control, options, retry, buffers.Time);
        metrics?.Watch(Transfer.Window);
        metrics?.Watch(Outage);
    }

    internal S3Outage Outage { get; }

    internal S3Control Control { get; }

    internal S3Transfer Transfer { get; }

    internal OpenWriters Writers { get; }

    public PartPlan PlanFor(long? length) => PartPlan.For(length, _maxFileBytes, _options.PartMebibytes * 1024 * 1024);

    public async ValueTask<IObjectWriter> OpenWriterAsync(WriterStart start, CancellationToken cancellationToken)
    {
        var writer = new S3ObjectWriter(this, _buffers, start);
        await Writers.EnterAsync(writer);
        try
        {
            await writer.OpenAsync(cancellationToken);
        }
        catch
        {
            await writer.DisposeAsync();
            throw;
        }

        return writer;
    }

    public Task FenceAsync(ObjectKey key, long epoch) => Writers.FenceAsync(key.VideoId, epoch);

    public async Task<bool> CompleteAsync(ObjectKey key, string uploadId, IReadOnlyList<UploadPart> parts, CancellationToken cancellationToken)
    {
        if (parts.Count == 0)
        {
            if (uploadId.Length > 0)
                await Control.AbortUploadAsync(KeyOf(key), uploadId, cancellationToken);
            await PutAsync(key, Stream.Null, cancellationToken);
            return true;
        }

        // Stored by one request: it is there already.
        if (uploadId.Length == 0)
            return parts is [var whole] && await Control.GetInfoAsync(KeyOf(key), cancellationToken) is { } info && info.Length == whole.Length
                && info.ETag == whole.ETag;
        var end = await Control.CompleteUploadAsync(KeyOf(key), uploadId, parts, cancellationToken);
        return end is UploadEnd.Complete
            || (end is UploadEnd.Unknown && (await Control.GetInfoAsync(KeyOf(key), cancellationToken))?.Length == parts[^1].Offset + parts[^1].Length);
    }

    /// <summary>Finished objects are not touched.</summary>
    public async Task AbortAsync(ObjectKey key, string uploadId, CancellationToken cancellationToken)
    {
        if (uploadId.Length > 0)
            await Control.AbortUploadAsync(KeyOf(key), uploadId, cancellationToken);
        else
            await AbortUploadsAsync(KeyOf(key), cancellationToken);
        await DeleteTailsAsync(key, long.MaxValue, null, cancellationToken);
    }

    public Task DeleteTailsAsync(ObjectKey key, long epoch, string? kept, CancellationToken cancellationToken)
    {
        var folder = KeyOf(key.VideoId, "");
        return DeleteKeysAsync(folder + TailName.Start, tail => tail[folder.Length..] is var name && name != kept && !TailName.IsNewer(name, epoch),
            cancellationToken);
    }

    public async IAsyncEnumerable<UnfinishedUpload> ListUnfinishedAsync(DateTimeOffset before, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var upload in Control.ListUploadsAsync(_options.Prefix, cancellationToken))
        {
            if (upload.Initiated is { } begun && begun.ToUniversalTime() < before.UtcDateTime && VideoIdOf(upload.Key) is { } id)
                yield return new UnfinishedUpload(id, upload.UploadId);
        }
    }

    public async Task PutAsync(ObjectKey key, Stream content, CancellationToken cancellationToken)
    {
        using var buffer = new MemoryStream();
        await content.CopyToAsync(buffer, cancellationToken);
        await Transfer.PutObjectAsync(KeyOf(key), S3Body.Of(buffer.GetBuffer().AsMemory(0, (int)buffer.Length)), cancellationToken);
    }

    public async Task<ObjectContent?> OpenReadAsync(ObjectKey key, long offset, long? count, CancellationToken cancellationToken)
    {
        // There is no range of no bytes in HTTP, nor one behind an object's end.
        if (count != 0 && await S3ReadStream.OpenAsync(Transfer, KeyOf(key), offset, count, cancellationToken) is { } content)
            return content;
        return await GetInfoAsync(key, cancellationToken) is { } info ? new ObjectContent(Stream.Null, info) : null;
    }

    public Task<ObjectInfo?> GetInfoAsync(ObjectKey key, CancellationToken cancellationToken) => Control.GetInfoAsync(KeyOf(key), cancellationToken);

    public string? FileOf(ObjectKey key) => null;

    public async Task DeleteAllAsync(string videoId, CancellationToken cancellationToken)
    {
        await AbortUploadsAsync(KeyOf(videoId, ""), cancellationToken);
        await DeleteKeysAsync(KeyOf(videoId, ""), static _ => true, cancellationToken);
    }

    public void Dispose() => Transfer.Dispose();

    internal string KeyOf(ObjectKey key) => KeyOf(key.VideoId, key.Name);

    internal string KeyOf(string videoId, string name) => $"{_options.Prefix}{videoId}/{name}";

    /// <summary>Opens a tail's bytes. More bytes may be stored under its name: only the bytes in the manifest count.</summary>
    internal async Task<Stream> OpenTailAsync(ObjectKey key, UploadTail tail, CancellationToken cancellationToken) =>
        (await S3ReadStream.OpenAsync(Transfer, KeyOf(key.VideoId, tail.Name), 0, tail.Length, cancellationToken))?.Stream
        ?? throw new InvalidDataException($"The tail {tail.Name} of {key.VideoId} is not in the store.");

    private string? VideoIdOf(string key)
    {
        var rest = key.AsSpan(_options.Prefix.Length);
        var end = rest.IndexOf('/');
        return end > 0 ? rest[..end].ToString() : null;
    }

    private async Task AbortUploadsAsync(string prefix, CancellationToken cancellationToken)
    {
        await foreach (var upload in Control.ListUploadsAsync(prefix, cancellationToken))
            await Control.AbortUploadAsync(upload.Key, upload.UploadId, cancellationToken);
    }

    private async Task DeleteKeysAsync(string prefix, Func<string, bool> goes, CancellationToken cancellationToken)
    {
        await foreach (var key in Control.ListKeysAsync(prefix, cancellationToken))
        {
            if (goes(key))
                await Control.DeleteAsync(key, cancellationToken);
        }
    }
}
