using System.Globalization;
using Ingestion.Api.Problems;
using Ingestion.Api.RateLimits;
using Ingestion.Api.Uploads.Resumable;
using Ingestion.Api.Uploads.Sessions;
using Ingestion.Uploads;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Primitives;

namespace Ingestion.Api.Uploads.Direct;

/// <summary>
/// <c>PUT /api/uploads/{id}/parts/{number}?size=…&amp;expires=…&amp;signature=…</c>: the edge takes a part where the store can't, the way a store
/// would. The signature is the authorisation, and is looked at before anything else is.
/// </summary>
internal sealed class SignedParts(IGrainFactory grains, IDirectUploads store, PartSigner signer, BodyLimits limits, CallerRates rates, UploadMetrics metrics,
    TimeProvider time)
{
    /// <summary>Path and query of the address that a grant becomes.</summary>
    public static string PathOf(PartGrant grant, PartSigner signer) => string.Create(
        CultureInfo.InvariantCulture,
        $"{ResumableEndpoints.Root}/{grant.UploadId}/parts/{grant.Number}?size={grant.Length}&expires={grant.Expires}&signature={signer.Sign(grant)}");

    public async Task<Results<Ok, ProblemResult>> PutAsync(HttpContext context, string id, string number)
    {
        limits.Lift(context);
        var (etag, problem) = await StoreAsync(context, id, number);
        if (problem is not null)
        {
            metrics.Refused(problem.Code);
            return problem.ToResult();
        }

        context.Response.Headers.ETag = $"\"{etag}\"";
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok();
    }

    private async Task<(string? Etag, Problem? Problem)> StoreAsync(HttpContext context, string id, string number)
    {
        if (!TryReadGrant(context.Request, id, number, out var grant))
            return (null, rates.Take(context, RateKind.Refusal) ?? Problem.UrlInvalid);
        if (time.GetUtcNow().ToUnixTimeSeconds() >= grant.Expires)
            return (null, rates.Take(context, RateKind.Refusal) ?? Problem.UrlExpired);
        // A part of a part (RFC 9110, section 14.5).
        if (context.Request.Headers.ContentRange.Count > 0)
            return (null, Problem.RequestInvalid);
        if (context.Request.ContentLength is not { } length)
            return (null, Problem.LengthRequired);
        if (length != grant.Length)
            return (null, Problem.PartLengthInvalid);
        // Each use writes the part anew, for as long as its address is good.
        if (rates.Take(context, RateKind.PartWrite, $"{id}/{grant.Number}") is { } busy)
            return (null, busy);
        if (await grains.GetGrain<IUploadGrain>(id).FindDirectAsync() is not { } target)
            return (null, Problem.UploadGone);
        try
        {
            var part = await store.PutPartAsync(ObjectKey.Source(id), target.StoreUploadId, target.Plan.Part(grant.Number), length,
                context.Request.BodyReader.AsStream(), context.RequestAborted);
            metrics.Received(length);
            return (part.ETag, null);
        }
        catch (WriterFencedException)
        {
            // The same part came again, or the upload is being completed.
            return (null, Problem.UploadTakenOver);
        }
    }

    private bool TryReadGrant(HttpRequest request, string id, string number, out PartGrant grant)
    {
        grant = default;
        var query = request.Query;
        if (!MediaId.IsValid(id) || !TryRead(number, out var part) || part > int.MaxValue || !TryRead(query["size"], out var size)
            || !TryRead(query["expires"], out var expires))
            return false;
        grant = new PartGrant(id, (int)part, size, expires);
        return query["signature"] is [{ } signature] && signer.Verify(grant, signature);
    }

    /// <summary>One number has one spelling, as in the addresses that are made here: no leading zeros.</summary>
    private static bool TryRead(StringValues values, out long value)
    {
        value = 0;
        return values is [{ Length: > 0 } text] && (text[0] != '0' || text.Length == 1)
            && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
    }
}
