using Ingestion.Api.Http;
using Ingestion.Api.Problems;
using Ingestion.Uploads;
using Microsoft.AspNetCore.Http.Headers;
using Microsoft.Net.Http.Headers;

namespace Ingestion.Api.Videos;

/// <summary>
/// Streams an object back: whole, or one range of it (RFC 9110; several ranges at once are answered with the whole, as it allows), with
/// conditional requests on its ETag and its date.
/// </summary>
/// <param name="store">Where it is.</param>
/// <param name="key">Which it is.</param>
/// <param name="contentType">Its media type.</param>
/// <param name="fileName">For downloads; null: none.</param>
/// <param name="sha256">Of the whole object, 64 hex digits; null: not known.</param>
internal sealed class ObjectResult(IObjectStore store, ObjectKey key, string contentType, string? fileName, string? sha256 = null) : IResult
{
    public const string ReprDigest = "Repr-Digest";

    /// <summary>What caches may do with it.</summary>
    public string CacheControl { get; init; } = "private, max-age=0, must-revalidate";

    /// <summary>The name by which a browser saves it; null: none.</summary>
    public static string? DispositionOf(string? fileName)
    {
        if (fileName is null)
            return null;
        var disposition = new ContentDispositionHeaderValue("inline");
        disposition.SetHttpFileName(fileName);
        return disposition.ToString();
    }

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var (request, response, cancel) = (httpContext.Request.GetTypedHeaders(), httpContext.Response, httpContext.RequestAborted);
        if (await store.GetInfoAsync(key, cancel) is not { } info)
        {
            await Problem.NotFound.ToResult().ExecuteAsync(httpContext);
            return;
        }

        var tag = new EntityTagHeaderValue($"\"{info.ETag}\"");
        DescribeObject(response, info, tag);
        switch (Preconditions.Of(request, tag, info.LastModified))
        {
            case PreconditionOutcome.NotModified:
                response.StatusCode = StatusCodes.Status304NotModified;
                return;
            case PreconditionOutcome.Failed:
                response.Headers.Clear();
                await Problem.PreconditionFailed.ToResult().ExecuteAsync(httpContext);
                return;
        }

        // Ranges are defined for GET alone (section 14.2).
        var range = new ObjectRange(0, info.Length, IsPart: false);
        if (HttpMethods.IsGet(httpContext.Request.Method) && !ObjectRange.TryRead(request, info, tag, out range))
        {
            response.Headers.Clear();
            response.Headers.ContentRange = $"bytes */{info.Length}";
            await Problem.RangeNotSatisfiable.ToResult().ExecuteAsync(httpContext);
            return;
        }

        await SendAsync(httpContext, info, range);
    }

    private void DescribeObject(HttpResponse response, ObjectInfo info, EntityTagHeaderValue tag)
    {
        response.ContentType = contentType;
        var headers = response.GetTypedHeaders();
        headers.ETag = tag;
        headers.LastModified = info.LastModified;
        response.Headers.AcceptRanges = "bytes";
        // A stranger's bytes: no guessing of types, no scripts, no shared caches.
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.ContentSecurityPolicy = "sandbox";
        response.Headers.CacheControl = CacheControl;
        response.Headers.ContentDisposition = DispositionOf(fileName);
    }

    private async Task SendAsync(HttpContext context, ObjectInfo info, ObjectRange range)
    {
        var response = context.Response;
        response.ContentLength = range.Count;
        // Of the whole also beside a part (RFC 9530, section 3).
        if (sha256 is not null)
            response.Headers[ReprDigest] = $"sha-256=:{Convert.ToBase64String(Convert.FromHexString(sha256))}:";
        if (range.IsPart)
        {
            response.StatusCode = StatusCodes.Status206PartialContent;
            response.Headers.ContentRange = $"bytes {range.Offset}-{range.Offset + range.Count - 1}/{info.Length}";
        }

        if (HttpMethods.IsHead(context.Request.Method))
            return;
        if (await store.OpenReadAsync(key, range.Offset, range.Count, context.RequestAborted) is not { } content)
        {
            // Removed in this very moment.
            response.Headers.Clear();
            await Problem.NotFound.ToResult().ExecuteAsync(context);
            return;
        }

        await using (content.Stream)
            await content.Stream.CopyToAsync(response.Body, 64 * 1024, context.RequestAborted);
    }
}

/// <summary>The bytes to send.</summary>
internal readonly record struct ObjectRange(long Offset, long Count, bool IsPart)
{
    /// <summary>False when the requested bytes do not exist.</summary>
    public static bool TryRead(RequestHeaders request, ObjectInfo info, EntityTagHeaderValue tag, out ObjectRange range)
    {
        range = new ObjectRange(0, info.Length, IsPart: false);
        // If-Range: the client has the start of an older version; it needs all of this one.
        // A date must be the one we gave, in HTTP's whole seconds.
        var sameVersion = request.IfRange is not { } known
            || (known.EntityTag?.Compare(tag, useStrongComparison: true) ?? known.LastModified?.ToUnixTimeSeconds() == info.LastModified.ToUnixTimeSeconds());
        if (!sameVersion || request.Range is not { Ranges.Count: 1 } header || !header.Unit.Equals("bytes", StringComparison.OrdinalIgnoreCase))
            return true;

        var (from, to) = (header.Ranges.First().From, header.Ranges.First().To);
        var start = from ?? Math.Max(0, info.Length - to!.Value);
        var end = from is null || to is null ? info.Length - 1 : Math.Min(to.Value, info.Length - 1);
        range = new ObjectRange(start, end - start + 1, IsPart: true);
        return start < info.Length && end >= start;
    }
}
