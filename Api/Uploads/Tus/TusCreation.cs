using System.Globalization;
using Ingestion.Api.Auth;
using Ingestion.Api.Creations;
using Ingestion.Api.Problems;
using Ingestion.Uploads;
using Ingestion.Videos;
using Microsoft.AspNetCore.Http.Features;

namespace Ingestion.Api.Uploads.Tus;

/// <summary>What a creation request wants, read from its fields alone: a bad one is refused before anything exists.</summary>
/// <param name="Length">Total bytes; null when the client sends it later, and for a final upload.</param>
/// <param name="Metadata">As sent.</param>
/// <param name="FileName">From the metadata.</param>
/// <param name="Concat">Whether it is a piece or put together from pieces.</param>
/// <param name="HasBody">Whether the first bytes come with it.</param>
internal sealed record TusCreation(long? Length, string? Metadata, string? FileName, TusConcat? Concat, bool HasBody)
{
    /// <summary>Whether the answer has the offset.</summary>
    public bool IsWithUpload { get; private init; }

    /// <summary>What is to travel with the video, from the metadata.</summary>
    public CallerData? Caller { get; private init; }

    /// <summary>The tenant of the token; null: none.</summary>
    public string? Tenant { get; private init; }

    public static (TusCreation? Creation, Problem? Problem) Read(HttpRequest request)
    {
        TusConcat? concat = null;
        if (request.Headers.TryGetValue(TusHeaders.Concat, out var header) && (concat = TusConcat.Read(header.ToString())) is null)
            return (null, Problem.UploadConcatInvalid);
        var (length, wrongLength) = ReadLength(request.Headers, isFinal: concat?.Parts is not null);
        if (wrongLength is not null)
            return (null, wrongLength);
        var (description, wrongData) = TusMetadata.Read(request);
        if (wrongData is not null)
            return (null, wrongData);
        var hasBody = request.HttpContext.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: true };
        if (CheckBody(request, hasBody, length, concat) is { } wrongBody)
            return (null, wrongBody);
        return (new TusCreation(length, description.Text, description.FileName, concat, hasBody)
        {
            IsWithUpload = hasBody || TusHeaders.IsPiece(request),
            Tenant = request.HttpContext.User.Tenant(),
            Caller = description.Caller,
        }, null);
    }

    /// <summary>Everything that it declares.</summary>
    public string Declared => CreationKeys.Declare(Length?.ToString(CultureInfo.InvariantCulture), Metadata, Concat?.Text);

    public NewUpload ToUpload(string owner, TimeSpan timeToLive) =>
        new(owner, Concat is null ? UploadKind.Resumable : UploadKind.Partial, FileName, ContentType: null, Length, Metadata, Concat?.Text,
            timeToLive) { Tenant = Tenant, Caller = Caller };

    /// <summary>Exactly one of a length and a promise of one; a final upload has the length of its pieces.</summary>
    private static (long? Length, Problem? Problem) ReadLength(IHeaderDictionary headers, bool isFinal)
    {
        var (given, deferred) = (headers[TusHeaders.Length], headers[TusHeaders.DeferLength]);
        if (isFinal)
            return given.Count + deferred.Count == 0 ? (null, null) : (null, Problem.UploadLengthInvalid);
        if (given.Count > 0 && deferred.Count > 0)
            return (null, Problem.UploadLengthInvalid);
        if (deferred.Count > 0)
            return deferred is ["1"] ? (null, null) : (null, Problem.UploadLengthInvalid);
        return TusHeaders.TryReadBytes(given, out var length) ? (length, null) : (null, Problem.UploadLengthInvalid);
    }

    private static Problem? CheckBody(HttpRequest request, bool hasBody, long? length, TusConcat? concat)
    {
        if (!hasBody)
            return null;
        if (concat?.Parts is not null)
            return Problem.UploadConcatInvalid;
        if (!TusHeaders.IsPiece(request))
            return Problem.PieceExpected;
        return request.ContentLength > length ? Problem.UploadLengthExceeded : null;
    }
}
