using System.Net;
using System.Xml;
using System.Xml.Linq;
using Amazon.S3;
using Amazon.S3.Model;

namespace Ingestion.Backends.ObjectStore.S3;

/// <summary>
/// The bytes: one PUT each to a presigned address, straight from where they lie, with an unsigned payload. The SDK's own upload of a part
/// copies and hashes it, which took three times as long.
/// </summary>
internal sealed class S3Transfer(S3Control control, S3ObjectStoreOptions options, S3Retry retry, TimeProvider time) : IDisposable
{
    private const string ChecksumHeader = "x-amz-checksum-crc32c";
    private const int LongestError = 16 * 1024;

    // Signed at each try, so it only has to last for one.
    private static readonly TimeSpan _addressTime = TimeSpan.FromHours(1);

    private readonly HttpClient _writes = S3Client.CreateTransfer(options.MaxConnections);

    // Downloads last as long as their clients like: they must not take the connections of uploads.
    private readonly HttpClient _reads = S3Client.CreateTransfer(int.MaxValue);


    private readonly bool _checksums = options.Checksum == "crc32c";

    /// <summary>The places of bodies on their way to the store.</summary>
    public S3Window Window { get; } = new(options.MaxConnections);

    /// <summary>Stores a part of a multipart upload; its ETag.</summary>
    public Task<string> PutPartAsync(string key, string uploadId, int number, S3Body body, CancellationToken cancellationToken) =>
        PutAsync(
            "store a part",
            key,
            body,
            request => (request.UploadId, request.PartNumber) = (uploadId, number),
            encrypted: false,
            cancellationToken);

    /// <summary>Stores an object whole; its ETag.</summary>
    public Task<string> PutObjectAsync(string key, S3Body body, CancellationToken cancellationToken) =>
        PutAsync("store an object", key, body, null, encrypted: true, cancellationToken);

    /// <summary>
    /// Opens bytes of an object, <paramref name="to"/> the last one; null when there is none, it ends before them, or is not
    /// <paramref name="tag"/> any more.
    /// </summary>
    public Task<HttpResponseMessage?> OpenAsync(string key, long from, long? to, string? tag, CancellationToken cancellationToken) =>
        retry.RunAsync("read an object", token => OpenOnceAsync(key, from, to, tag, token), cancellationToken);

    /// <summary>What bounds the wait for the next bytes of an answer.</summary>
    public CancellationTokenSource Patience(CancellationToken cancellationToken)
    {
        var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(options.AttemptSeconds));
        return patience;
    }

    public void Dispose()
    {
        _writes.Dispose();
        _reads.Dispose();
    }

    private async Task<string> PutAsync(string operation, string key, S3Body body, Action<GetPreSignedUrlRequest>? more, bool encrypted,
        CancellationToken cancellationToken)
    {
        var headers = Headers(body, encrypted);
        return await retry.RunAsync(
            operation,
            body.Length,
            Window,
            async attempt =>
            {
                var address = await control.PresignAsync(HttpVerb.PUT, key, time.GetUtcNow() + _addressTime, request =>
                {
                    more?.Invoke(request);
                    foreach (var (name, value) in headers)
                        request.Headers[name] = value;
                });
                return await PutOnceAsync(operation, address, headers, body, attempt);
            },
            cancellationToken);
    }

    private async Task<string> PutOnceAsync(string operation, Uri address, Dictionary<string, string> headers, S3Body body, S3Attempt attempt)
    {
        using var content = new S3Content(body, attempt);
        using var request = new HttpRequestMessage(HttpMethod.Put, address) { Content = content };
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        try
        {
            using var response = await _writes.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, attempt.Token);
            if (!response.IsSuccessStatusCode)
                throw await FailureAsync(operation, response, attempt.Token);
            return S3Control.Unquote(response.Headers.ETag?.Tag);
        }
        finally
        {
            // The memory may be freed next: nothing may be reading it any more.
            await content.EndAsync();
        }
    }

    private async Task<HttpResponseMessage?> OpenOnceAsync(string key, long from, long? to, string? tag, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, await control.PresignAsync(HttpVerb.GET, key, time.GetUtcNow() + _addressTime));
        request.Headers.Range = new(from, to);
        if (!string.IsNullOrEmpty(tag))
            request.Headers.IfMatch.Add(new($"\"{tag}\""));
        var response = await _reads.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (response.StatusCode is HttpStatusCode.PartialContent || (response.IsSuccessStatusCode && from == 0))
            return response;
        using (response)
        {
            if (response.IsSuccessStatusCode)
                throw new S3StoreException("read an object", HttpStatusCode.NotImplemented, "the store ignores ranges");
            var failure = await FailureAsync("read an object", response, cancellationToken);
            return failure.Status is HttpStatusCode.RequestedRangeNotSatisfiable or HttpStatusCode.PreconditionFailed or HttpStatusCode.NotFound
                && failure.Code != "NoSuchBucket"
                ? null
                : throw failure;
        }
    }

    private Dictionary<string, string> Headers(S3Body body, bool encrypted)
    {
        var headers = new Dictionary<string, string>();
        if (_checksums)
            headers[ChecksumHeader] = Convert.ToBase64String(BitConverter.GetBytes(IPAddress.HostToNetworkOrder((int)body.Checksum())));
        if (!encrypted || options.ServerSideEncryption == "none")
            return headers;
        headers["x-amz-server-side-encryption"] = options.ServerSideEncryption;
        if (options.KmsKeyId is { } kms)
            headers["x-amz-server-side-encryption-aws-kms-key-id"] = kms;
        return headers;
    }

    private static async Task<S3StoreException> FailureAsync(string operation, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        string? code = null;
        try
        {
            await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
            var body = new byte[LongestError];
            var length = await stream.ReadAtLeastAsync(body, LongestError, throwOnEndOfStream: false, cancellationToken);
            code = (await XDocument.LoadAsync(new MemoryStream(body, 0, length), LoadOptions.None, cancellationToken)).Root?.Element("Code")?.Value;
        }
        catch (Exception e) when (e is XmlException or IOException or HttpRequestException)
        {
            // The status is enough.
        }

        return new S3StoreException(operation, response.StatusCode, code ?? response.ReasonPhrase);
    }
}
