using System.Net;
using System.Runtime.CompilerServices;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Ingestion.Uploads;

namespace Ingestion.Backends.ObjectStore.S3;

/// <summary>The store's requests that carry no bytes of objects, each retried while the store fails in a way that passes.</summary>
internal sealed class S3Control(IAmazonS3 client, S3ObjectStoreOptions options, S3Retry retry)
{
    private static readonly HashSet<string> _otherParts = ["InvalidPart", "InvalidPartOrder", "EntityTooSmall", "MalformedXML"];

    private readonly bool _checksums = options.Checksum == "crc32c";

    /// <summary>Begins a multipart upload. Parts from us carry checksums where the options require it, parts from clients don't.</summary>
    public Task<string> CreateUploadAsync(string key, bool ours, CancellationToken cancellationToken)
    {
        var request = new InitiateMultipartUploadRequest { BucketName = options.Bucket, Key = key };
        if (options.ServerSideEncryption != "none")
            request.ServerSideEncryptionMethod = ServerSideEncryptionMethod.FindValue(options.ServerSideEncryption);
        if (options.KmsKeyId is { } kms)
            request.ServerSideEncryptionKeyManagementServiceKeyId = kms;
        if (ours && _checksums)
            request.ChecksumAlgorithm = ChecksumAlgorithm.CRC32C;
        return retry.RunAsync("begin an upload", async token => (await client.InitiateMultipartUploadAsync(request, token)).UploadId, cancellationToken);
    }

    public async Task<UploadEnd> CompleteUploadAsync(string key, string uploadId, IReadOnlyList<UploadPart> parts, CancellationToken cancellationToken)
    {
        // The store wants the checksums of the parts again, and knows them itself.
        var stored = _checksums ? await ListPartsAsync(key, uploadId, cancellationToken) : null;
        var checksums = (stored ?? []).ToDictionary(part => part.PartNumber ?? 0, part => part.ChecksumCRC32C);
        var request = new CompleteMultipartUploadRequest
        {
            BucketName = options.Bucket,
            Key = key,
            UploadId = uploadId,
            PartETags = [.. parts.Select(part => new PartETag(part.Number, $"\"{part.ETag}\"") { ChecksumCRC32C = checksums.GetValueOrDefault(part.Number) })],
        };
        return await retry.RunWholeAsync("complete an upload", token => CompleteOnceAsync(request, token), cancellationToken);
    }

    /// <summary>Unknown uploads are harmless.</summary>
    public Task AbortUploadAsync(string key, string uploadId, CancellationToken cancellationToken) =>
        retry.RunAsync(
            "abort an upload",
            async token =>
            {
                try
                {
                    await client.AbortMultipartUploadAsync(
                        new AbortMultipartUploadRequest { BucketName = options.Bucket, Key = key, UploadId = uploadId }, token);
                }
                catch (AmazonS3Exception e) when (IsMissing(e))
                {
                    return false;
                }

                return true;
            },
            cancellationToken);

    /// <summary>The parts by number; null when the store knows no such upload.</summary>
    public async Task<IReadOnlyList<PartDetail>?> ListPartsAsync(string key, string uploadId, CancellationToken cancellationToken)
    {
        var parts = new List<PartDetail>();
        var request = new ListPartsRequest { BucketName = options.Bucket, Key = key, UploadId = uploadId };
        while (true)
        {
            if (await retry.RunAsync("list parts", token => OrNullAsync(client.ListPartsAsync(request, token)), cancellationToken) is not { } page)
                return null;
            parts.AddRange(page.Parts ?? []);
            if (page.IsTruncated is not true || page.NextPartNumberMarker is not { } next)
                return parts;
            request.PartNumberMarker = next.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }
    }

    /// <summary>Has the store copy a range of one of its objects as a part; its ETag.</summary>
    /// <exception cref="WriterFencedException">The upload has ended.</exception>
    public async Task<(CopyEnd End, string ETag)> CopyPartAsync(
        string key, string uploadId, int number, string source, long first, long count, CancellationToken cancellationToken)
    {
        var request = new CopyPartRequest
        {
            SourceBucket = options.Bucket,
            SourceKey = source,
            DestinationBucket = options.Bucket,
            DestinationKey = key,
            UploadId = uploadId,
            PartNumber = number,
            FirstByte = first,
            LastByte = first + count - 1,
        };
        var (end, tag) = await retry.RunLongAsync("copy a part", token => CopyOnceAsync(request, token), cancellationToken);
        return end is CopyEnd.UploadEnded ? throw new WriterFencedException() : (end, tag);
    }

    /// <summary>Unfinished multipart uploads of keys that begin so.</summary>
    public async IAsyncEnumerable<MultipartUpload> ListUploadsAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var request = new ListMultipartUploadsRequest { BucketName = options.Bucket, Prefix = prefix };
        while (true)
        {
            var page = await retry.RunAsync("list uploads", token => client.ListMultipartUploadsAsync(request, token), cancellationToken);
            foreach (var upload in page.MultipartUploads ?? [])
                yield return upload;
            if (page.IsTruncated is not true || (page.NextKeyMarker, page.NextUploadIdMarker) == (request.KeyMarker, request.UploadIdMarker))
                yield break;
            (request.KeyMarker, request.UploadIdMarker) = (page.NextKeyMarker, page.NextUploadIdMarker);
        }
    }

    /// <summary>Throws unless the bucket is there and answers.</summary>
    public Task CheckAsync(CancellationToken cancellationToken) =>
        retry.RunAsync("look at the bucket", token => client.ListObjectsV2Async(
            new ListObjectsV2Request { BucketName = options.Bucket, Prefix = options.Prefix, MaxKeys = 1 }, token), cancellationToken);

    /// <summary>The bucket's rules for scripts of web pages; none when it has none.</summary>
    public Task<IReadOnlyList<CORSRule>> GetCorsAsync(CancellationToken cancellationToken) => retry.RunAsync(
        "read the bucket's CORS",
        async token =>
        {
            try
            {
                var answer = await client.GetCORSConfigurationAsync(new GetCORSConfigurationRequest { BucketName = options.Bucket }, token);
                return (IReadOnlyList<CORSRule>)(answer.Configuration?.Rules ?? []);
            }
            catch (AmazonS3Exception e) when (e.ErrorCode is "NoSuchCORSConfiguration")
            {
                return [];
            }
            catch (AmazonS3Exception e) when (e.StatusCode is HttpStatusCode.Forbidden or HttpStatusCode.NotFound or HttpStatusCode.NotImplemented
                or HttpStatusCode.BadRequest or HttpStatusCode.MethodNotAllowed)
            {
                // Shows nothing about the store: the permission may be missing, or the request be unknown.
                throw new NotSupportedException(e.ErrorCode, e);
            }
        },
        cancellationToken);

    /// <summary>Keys that begin so.</summary>
    public async IAsyncEnumerable<string> ListKeysAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var item in ListObjectsAsync(prefix, startAfter: null, cancellationToken))
            yield return item.Key;
    }

    /// <summary>Objects whose keys begin so, behind the key <paramref name="startAfter"/> where it is given.</summary>
    public async IAsyncEnumerable<S3Object> ListObjectsAsync(
        string prefix, string? startAfter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var request = new ListObjectsV2Request { BucketName = options.Bucket, Prefix = prefix, StartAfter = startAfter };
        while (true)
        {
            var page = await retry.RunAsync("list objects", token => client.ListObjectsV2Async(request, token), cancellationToken);
            foreach (var item in page.S3Objects ?? [])
                yield return item;
            if (page.IsTruncated is not true || page.NextContinuationToken is not { } next)
                yield break;
            request.ContinuationToken = next;
        }
    }

    /// <summary>Null when there is no such object.</summary>
    public async Task<ObjectInfo?> GetInfoAsync(string key, CancellationToken cancellationToken)
    {
        var request = new GetObjectMetadataRequest { BucketName = options.Bucket, Key = key };
        var head = await retry.RunAsync("look at an object", token => OrNullAsync(client.GetObjectMetadataAsync(request, token)), cancellationToken);
        return head is null ? null : new ObjectInfo(head.ContentLength, Unquote(head.ETag), head.LastModified is { } time
            ? new DateTimeOffset(time.ToUniversalTime())
            : default);
    }

    /// <summary>Unknown keys are harmless.</summary>
    public Task DeleteAsync(string key, CancellationToken cancellationToken) =>
        retry.RunAsync(
            "delete an object",
            token => OrNullAsync(client.DeleteObjectAsync(new DeleteObjectRequest { BucketName = options.Bucket, Key = key }, token)),
            cancellationToken);

    /// <summary>An address that is allowed one request until <paramref name="expires"/>; made without a request to the store.</summary>
    public async ValueTask<Uri> PresignAsync(HttpVerb verb, string key, DateTimeOffset expires, Action<GetPreSignedUrlRequest>? more = null)
    {
        var request = new GetPreSignedUrlRequest
        {
            BucketName = options.Bucket,
            Key = key,
            Verb = verb,
            Expires = expires.UtcDateTime,
            Protocol = options.ServiceUrl?.StartsWith("http:", StringComparison.OrdinalIgnoreCase) is true ? Protocol.HTTP : Protocol.HTTPS,
        };
        more?.Invoke(request);
        return new Uri(await client.GetPreSignedURLAsync(request));
    }

    public static string Unquote(string? tag) => tag?.Trim('"') ?? "";

    private async Task<UploadEnd> CompleteOnceAsync(CompleteMultipartUploadRequest request, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await client.CompleteMultipartUploadAsync(request, cancellationToken);
            // The store answers 200 before it begins, and may then report a failure in the body.
            return string.IsNullOrEmpty(answer.ETag) ? throw new S3StoreException("complete an upload", null, "no ETag in the answer") : UploadEnd.Complete;
        }
        catch (AmazonS3Exception e) when (IsMissing(e))
        {
            return UploadEnd.Unknown;
        }
        catch (AmazonS3Exception e) when (_otherParts.Contains(e.ErrorCode))
        {
            return UploadEnd.OtherParts;
        }
    }

    private async Task<(CopyEnd End, string ETag)> CopyOnceAsync(CopyPartRequest request, CancellationToken cancellationToken)
    {
        try
        {
            var tag = Unquote((await client.CopyPartAsync(request, cancellationToken)).ETag);
            // A store that does not know the field has taken an empty part, which the right one replaces.
            return tag.Length > 0 ? (CopyEnd.Copied, tag) : (CopyEnd.Unsupported, tag);
        }
        catch (AmazonS3Exception e) when (e.ErrorCode is "NoSuchUpload")
        {
            return (CopyEnd.UploadEnded, "");
        }
        catch (AmazonS3Exception e) when (IsMissing(e))
        {
            return (CopyEnd.Missing, "");
        }
        catch (AmazonS3Exception e) when (e.StatusCode is HttpStatusCode.NotImplemented or HttpStatusCode.MethodNotAllowed)
        {
            return (CopyEnd.Unsupported, "");
        }
        catch (AmazonS3Exception e) when (e.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.Forbidden)
        {
            // Whatever it is that the store refuses of this copy, a plain part may be what it takes.
            return (CopyEnd.Refused, "");
        }
    }

    private static async Task<T?> OrNullAsync<T>(Task<T> request)
        where T : AmazonWebServiceResponse
    {
        try
        {
            return await request;
        }
        catch (AmazonS3Exception e) when (IsMissing(e))
        {
            return null;
        }
    }

    /// <summary>Not a missing bucket: that is a mistake in the settings.</summary>
    private static bool IsMissing(AmazonS3Exception error) => error.StatusCode is HttpStatusCode.NotFound && error.ErrorCode is not "NoSuchBucket";
}

/// <summary>What became of a copy.</summary>
internal enum CopyEnd
{
    /// <summary>The part is there.</summary>
    Copied,

    /// <summary>There is no such source.</summary>
    Missing,

    /// <summary>There is no such upload any more.</summary>
    UploadEnded,

    /// <summary>The store does not copy this.</summary>
    Refused,

    /// <summary>The store can't copy.</summary>
    Unsupported,
}

/// <summary>What became of a completion.</summary>
internal enum UploadEnd
{
    /// <summary>The object is there.</summary>
    Complete,

    /// <summary>The store knows no such upload; it may be complete already.</summary>
    Unknown,

    /// <summary>The store's parts are others.</summary>
    OtherParts,
}
