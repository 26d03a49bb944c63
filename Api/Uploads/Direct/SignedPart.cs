using System.Globalization;
using Ingestion.Api.Problems;
using Ingestion.Api.Uploads.Resumable;
using Ingestion.Api.Uploads.Sessions;
using Ingestion.Uploads;
using Microsoft.Extensions.Primitives;

namespace Ingestion.Api.Uploads.Direct;

/// <summary>
/// <c>PUT /api/uploads/{id}/parts/{number}?size=…&amp;expires=…&amp;signature=…</c>: the edge takes a part where the store can't, the way a store
/// would. The signature is the authorisation, and is looked at before anything else is.
/// </summary>
internal static class SignedPart
{
    /// <summary>Path and query of the address that a grant becomes.</summary>
    public static string PathOf(PartGrant grant, PartSigner signer) => string.Create(
        CultureInfo.InvariantCulture,
        $"{ResumableEndpoints.Root}/{grant.UploadId}/parts/{grant.Number}?size={grant.Length}&expires={grant.Expires}&signature={signer.Sign(grant)}");

    public static async Task<IResult> PutAsync(HttpContext context, DirectEdge edge, string id, string number)
    {
        edge.Uploads.LiftBodyLimits(context);
        var (etag, problem) = await StoreAsync(context, edge, id, number);
        if (problem is not null)
        {
            edge.Uploads.Metrics.Refused(problem.Code);
            return problem.ToResult();
        }

        context.Response.Headers.ETag = $"\"{etag}\"";
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok();
    }

    private static async Task<(string? Etag, Problem? Problem)> StoreAsync(HttpContext context, DirectEdge edge, string id, string number)
    {
        if (!TryReadGrant(context.Request, edge.Signer, id, number, out var grant))
            return (null, Problem.UrlInvalid);
        if (edge.Uploads.Time.GetUtcNow().ToUnixTimeSeconds() >= grant.Expires)
            return (null, Problem.UrlExpired);
        if (context.Request.ContentLength is not { } length)
            return (null, Problem.LengthRequired);
        if (length != grant.Length)
            return (null, Problem.PartLengthInvalid);
        if (await edge.Uploads.Upload(id).FindDirectAsync() is not { } target)
            return (null, Problem.UploadGone);
        try
        {
            var part = await edge.Store.PutPartAsync(ObjectKey.Source(id), target.StoreUploadId, target.Plan.Part(grant.Number), length, context.Request.BodyReader.AsStream(), context.RequestAborted);
            edge.Uploads.Metrics.Received(length);
            return (part.ETag, null);
        }
        catch (WriterFencedException)
        {
            // The same part came again, or the upload is being completed.
            return (null, Problem.UploadTakenOver);
        }
    }

    private static bool TryReadGrant(HttpRequest request, PartSigner signer, string id, string number, out PartGrant grant)
    {
        grant = default;
        var query = request.Query;
        if (!MediaId.IsValid(id) || !TryRead(number, out var part) || part > int.MaxValue || !TryRead(query["size"], out var size) || !TryRead(query["expires"], out var expires))
            return false;
        grant = new PartGrant(id, (int)part, size, expires);
        return query["signature"] is [{ } signature] && signer.Verify(grant, signature);
    }

    private static bool TryRead(StringValues values, out long value)
    {
        value = 0;
        return values is [{ } text] && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
    }
}
