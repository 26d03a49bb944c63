using System.Runtime.CompilerServices;
using Amazon.S3;
using Amazon.S3.Model;
using Ingestion.Backends.ObjectStore.S3;
using Ingestion.Uploads;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ingestion.Backends.ObjectStore.Inventory;

/// <summary>The objects of a bucket. Ids sort in the bucket as they do in the database, so that a listing answers for many videos.</summary>
public sealed class S3Objects : IObjectInventory
{
    // Fewer are listed one by one.
    private const int Few = 16;

    private readonly IAmazonS3 _client;
    private readonly S3ObjectStoreOptions _options;
    private readonly S3Control _control;

    /// <summary>Reads the bucket of these options.</summary>
    public S3Objects(S3ObjectStoreOptions options, TimeProvider time)
        : this(new AmazonS3Client(S3Client.Configure(options)), options, time)
    {
    }

    internal S3Objects(IAmazonS3 client, S3ObjectStoreOptions options, TimeProvider time)
    {
        (_options, _client) = (options, client);
        _control = new S3Control(
            _client, options, new S3Retry(options, new S3Outage(time, NullLogger.Instance), time, metrics: null, NullLogger.Instance));
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoredObject> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var item in _control.ListObjectsAsync(_options.Prefix, startAfter: null, cancellationToken))
        {
            if (Read(item) is { } found)
                yield return found;
        }
    }

    /// <inheritdoc/>
    public async Task<ILookup<string, StoredObject>> FindAsync(IReadOnlyList<string> videoIds, CancellationToken cancellationToken)
    {
        var found = new List<StoredObject>();
        if (videoIds.Count <= Few)
        {
            foreach (var id in videoIds)
                await AddAsync(_control.ListObjectsAsync(FolderOf(id), startAfter: null, cancellationToken), id);
        }
        else
        {
            await AddAsync(_control.ListObjectsAsync(_options.Prefix, FolderOf(videoIds[0]), cancellationToken), videoIds[^1]);
        }

        return found.ToLookup(item => item.VideoId);

        async Task AddAsync(IAsyncEnumerable<S3Object> items, string last)
        {
            await foreach (var item in items)
            {
                if (Read(item) is not { } known)
                    continue;
                if (string.CompareOrdinal(known.VideoId, last) > 0)
                    return;
                found.Add(known);
            }
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<UnfinishedUpload> ListUnfinishedAsync(DateTimeOffset before, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var upload in _control.ListUploadsAsync(_options.Prefix, cancellationToken))
        {
            if (upload.Initiated is { } begun && begun.ToUniversalTime() < before.UtcDateTime && Split(upload.Key) is (var id, _))
                yield return new UnfinishedUpload(id, upload.UploadId);
        }
    }

    /// <inheritdoc/>
    public async Task<bool> HasBytesAsync(UploadBytes upload, CancellationToken cancellationToken)
    {
        if (upload.Tail is { } tail && !(await _control.GetInfoAsync(FolderOf(upload.Id) + tail.Name, cancellationToken) is { } info && info.Length >= tail.Length))
            return false;
        if (upload.Parts.Count == 0)
            return true;
        var stored = await _control.ListPartsAsync(KeyOf(upload.Id), upload.StoreUploadId, cancellationToken) ?? [];
        var sizes = stored.ToDictionary(part => part.PartNumber ?? 0, part => part.Size ?? 0);
        return upload.Parts.All(part => sizes.GetValueOrDefault(part.Number) == part.Length);
    }

    /// <inheritdoc/>
    public async Task<Stream?> OpenSourceAsync(string videoId, CancellationToken cancellationToken)
    {
        try
        {
            return (await _client.GetObjectAsync(_options.Bucket, KeyOf(videoId), cancellationToken)).ResponseStream;
        }
        catch (AmazonS3Exception e) when (e.StatusCode is System.Net.HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private string FolderOf(string videoId) => $"{_options.Prefix}{videoId}/";

    private string KeyOf(string videoId) => FolderOf(videoId) + ObjectKey.Source(videoId).Name;

    private StoredObject? Read(S3Object item) => Split(item.Key) is (var id, var name)
        ? new StoredObject(id, name, item.Size ?? 0, item.LastModified is { } time ? new DateTimeOffset(time.ToUniversalTime()) : default)
        : null;

    private (string Id, string Name)? Split(string key)
    {
        var rest = key[_options.Prefix.Length..];
        var end = rest.IndexOf('/', StringComparison.Ordinal);
        return end > 0 && MediaId.IsValid(rest[..end]) ? (rest[..end], rest[(end + 1)..]) : null;
    }
}
