using Ingestion.Api.Problems;
using Ingestion.Api.Uploads.Resumable;
using Ingestion.Uploads;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Ingestion.Api.Uploads.Ietf;

/// <summary>The fields of a request that carries bytes, read before anything is touched.</summary>
/// <param name="IsLast">Whether the body ends the source.</param>
/// <param name="Offset">Where the body begins.</param>
/// <param name="ContentLength">Bytes of the body; null when unknown.</param>
/// <param name="Length">Total bytes of the source, as far as this request shows them.</param>
/// <param name="HasBody">Whether bytes come with it.</param>
/// <param name="SourceDigest">The digest of the whole source; null when the request has none.</param>
internal sealed record IetfRequest(bool IsLast, long Offset, long? ContentLength, long? Length, bool HasBody, SourceDigest? SourceDigest)
{
    public static (IetfRequest? Request, Problem? Problem) ReadCreation(HttpRequest request) => Read(request, offset: 0);

    public static (IetfRequest? Request, Problem? Problem) ReadAppend(HttpRequest request)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            || !type.MediaType.Equals(IetfFields.PartialUpload, StringComparison.OrdinalIgnoreCase))
            return (null, Problem.PartialUploadExpected);
        return StructuredField.TryReadInteger(request.Headers[IetfFields.Offset], out var offset) ? Read(request, offset) : (null, Problem.UploadOffsetInvalid);
    }

    /// <summary>The file's name, where the client gives one.</summary>
    public static string? FileNameOf(HttpRequest request) =>
        ContentDispositionHeaderValue.TryParse(request.Headers.ContentDisposition.ToString(), out var disposition)
            ? FileName.Clean(FileName.Of(disposition))
            : null;

    /// <summary>The requested append.</summary>
    public Append ToAppend(ContentDigest? digest, InterimResponses? interim) =>
        new(Offset, IsLast ? CompletesWhen.BodyEnded : CompletesWhen.Never, Length, digest)
        {
            SourceDigest = SourceDigest,
            OnAcknowledgedAsync = interim is null ? null : interim.SendOffsetAsync,
        };

    private static (IetfRequest? Request, Problem? Problem) Read(HttpRequest request, long offset)
    {
        if (!StructuredField.TryReadBoolean(request.Headers[IetfFields.Complete], out var isLast))
            return (null, Problem.UploadCompleteInvalid);
        if (!TryReadLength(request.Headers[IetfFields.Length], out var declared))
            return (null, Problem.UploadLengthInvalid with { Title = "Upload-Length must be a number of bytes." });
        var hasBody = request.HttpContext.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: true };
        var contentLength = hasBody ? request.ContentLength : 0;
        // Capped, so that no sum of it can overflow; it is beyond all limits then anyway.
        var end = contentLength is { } count ? offset + Math.Min(count, long.MaxValue / 2) : (long?)null;
        // Two fields with one meaning must agree; and no body goes beyond the declared length.
        if (isLast && end is not null && declared is not null ? end != declared : end > declared)
            return (null, Problem.UploadLengthInconsistent);
        var (digest, wrong) = DigestField.Read(request.Headers[IetfFields.ReprDigest]);
        if (wrong is not null)
            return (null, wrong);
        return (new IetfRequest(isLast, offset, contentLength, declared ?? (isLast ? end : null), hasBody, digest?.OfSource()), null);
    }

    private static bool TryReadLength(StringValues values, out long? length)
    {
        length = null;
        if (values.Count == 0)
            return true;
        var isNumber = StructuredField.TryReadInteger(values, out var number);
        length = number;
        return isNumber;
    }
}
