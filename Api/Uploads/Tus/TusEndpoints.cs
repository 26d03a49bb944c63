using Ingestion.Api.Auth;
using Ingestion.Api.Http;
using Ingestion.Api.Problems;
using Ingestion.Api.Uploads.Resumable;
using Ingestion.Api.Uploads.Sessions;
using Ingestion.Uploads;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ingestion.Api.Uploads.Tus;

/// <summary>tus 1.0.0: fields in, fields out. What an upload is and does is not decided here.</summary>
internal static class TusEndpoints
{
    private const string Extensions = "creation,creation-with-upload,creation-defer-length,termination,expiration,checksum,checksum-trailer,concatenation";

    public static async Task<IResult> CreateAsync(HttpContext context, UploadEdge edge)
    {
        edge.LiftBodyLimits(context);
        var owner = context.User.UserId();
        if (RefuseVersion(context) is { } unsupported)
            return Refuse(edge, unsupported);
        if (await edge.Admission.AdmitAsync(context, owner) is { } busy)
            return Refuse(edge, busy);
        var (wish, invalid) = TusCreation.Read(context.Request);
        if (wish is null)
            return Refuse(edge, invalid!);
        if (wish.Concat?.Parts is not null)
            return await CreateFinalAsync(context, edge, owner, wish);

        var (checksum, wrong) = TusChecksum.Read(context.Request);
        using (checksum)
            return wrong is null ? await CreateAsync(context, edge, owner, wish, checksum) : Refuse(edge, wrong);
    }

    public static async Task<IResult> GetAsync(HttpContext context, UploadEdge edge, string id)
    {
        var owner = context.User.UserId();
        if (RefuseVersion(context) is { } unsupported)
            return Refuse(edge, unsupported);
        var info = await edge.FindSettledUploadAsync(id, owner, context.RequestAborted);
        // Its last byte is safe and nobody has said so: the silo died in between. A client that sees its own length stops asking.
        if (info is { State: UploadState.Open, Writing: false } && info.Offset == info.Length)
        {
            await edge.AppendAsync(context, id, owner, new Append(info.Offset, CompletesWhen.LengthReached));
            info = await edge.FindUploadAsync(id, owner);
        }

        return info?.State switch
        {
            null or UploadState.None => Refuse(edge, Problem.NotFound),
            UploadState.Open or UploadState.Completing or UploadState.Completed => Describe(context.Response, info),
            _ => Refuse(edge, Problem.UploadGone),
        };
    }

    public static async Task<IResult> AppendAsync(HttpContext context, UploadEdge edge, string id)
    {
        edge.LiftBodyLimits(context);
        var owner = context.User.UserId();
        if (RefuseVersion(context) is { } unsupported)
            return Refuse(edge, unsupported);
        if (!TusHeaders.IsPiece(context.Request))
            return Refuse(edge, Problem.PieceExpected);
        if (!TusHeaders.TryReadBytes(context.Request.Headers[TusHeaders.Offset], out var offset))
            return Refuse(edge, Problem.UploadOffsetInvalid);
        long? length = null;
        if (context.Request.Headers.TryGetValue(TusHeaders.Length, out var declared))
        {
            if (!TusHeaders.TryReadBytes(declared, out var bytes))
                return Refuse(edge, Problem.UploadLengthInvalid);
            length = bytes;
        }

        var (checksum, wrong) = TusChecksum.Read(context.Request);
        if (wrong is not null)
            return Refuse(edge, wrong);
        using (checksum)
        {
            var result = await edge.AppendAsync(context, id, owner, new Append(offset, CompletesWhen.LengthReached, length, checksum));
            return result is { Problem: not null, IsComplete: true } ? await AppendToWholeAsync(context, edge, id, owner, offset) : Answer(context.Response, edge, result);
        }
    }

    public static async Task<IResult> CancelAsync(HttpContext context, UploadEdge edge, string id)
    {
        if (RefuseVersion(context) is { } unsupported)
            return Refuse(edge, unsupported);
        var outcome = MediaId.IsValid(id) ? await edge.Upload(id).CancelAsync(context.User.UserId()) : UploadOutcome.NotFound;
        return outcome switch
        {
            UploadOutcome.Ok => TypedResults.NoContent(),
            UploadOutcome.NotFound => Refuse(edge, Problem.NotFound),
            _ => Refuse(edge, Problem.UploadGone),
        };
    }

    /// <summary>What is spoken here; the only answer that needs no version and no token.</summary>
    public static void DescribeOptions(HttpResponse response, UploadEdge edge)
    {
        response.Headers[TusHeaders.Version] = TusHeaders.SpokenVersion;
        response.Headers[TusHeaders.Extension] = Extensions;
        response.Headers[TusHeaders.MaxSize] = TusHeaders.Text(edge.Options.Value.MaxFileBytes);
        response.Headers[TusHeaders.ChecksumAlgorithm] = TusChecksum.Algorithms;
    }

    private static async Task<IResult> CreateAsync(HttpContext context, UploadEdge edge, string owner, TusCreation wish, TusChecksum? checksum)
    {
        var timeToLive = edge.Options.Value.TimeToLive;
        var (id, refused) = await edge.CreateUploadAsync(wish.ToUpload(owner, timeToLive));
        if (id is null)
            return Refuse(edge, refused!);
        // Nothing is a whole upload too.
        if (!wish.HasBody && wish.Length != 0)
        {
            SetProgress(context.Response, wish.IsWithUpload ? 0 : null, edge.Time.GetUtcNow() + timeToLive);
            return Created(context, id);
        }

        var result = await edge.AppendAsync(context, id, owner, new Append(0, CompletesWhen.LengthReached, Digest: checksum));
        if (!IsLeftToGoOn(result.Problem))
        {
            // The client never learns its address.
            await edge.Upload(id).CancelAsync(owner);
            return Refuse(edge, result.Problem!);
        }

        SetProgress(context.Response, wish.IsWithUpload ? result.Offset : null, result.IsComplete ? null : result.ExpiresAt);
        return Created(context, id);
    }

    private static async Task<IResult> CreateFinalAsync(HttpContext context, UploadEdge edge, string owner, TusCreation wish)
    {
        var (id, problem) = await edge.ConcatenateAsync(context, owner, wish);
        return id is null ? Refuse(edge, problem!) : Created(context, id);
    }

    /// <summary>A body that was cut short has still created the upload; the offset tells how much of it counts.</summary>
    private static bool IsLeftToGoOn(Problem? problem) =>
        problem is null || problem == Problem.UploadInterrupted || problem == Problem.UploadTakenOver || problem == Problem.UploadTooSlow;

    private static StatusCodeHttpResult Created(HttpContext context, string id)
    {
        context.Response.Headers.Location = context.PublicAddressOf($"{ResumableEndpoints.Root}/{id}");
        return TypedResults.StatusCode(StatusCodes.Status201Created);
    }

    private static IResult Answer(HttpResponse response, UploadEdge edge, AppendResult result)
    {
        if (result.Problem is not null)
            return Refuse(edge, result.Problem);
        SetProgress(response, result.Offset, result.IsComplete ? null : result.ExpiresAt);
        return TypedResults.NoContent();
    }

    /// <summary>Nothing can be added to a whole upload; adding nothing at its end is what a client does that missed the answer.</summary>
    private static async Task<IResult> AppendToWholeAsync(HttpContext context, UploadEdge edge, string id, string owner, long offset)
    {
        var info = await edge.FindUploadAsync(id, owner);
        if (info is null or { Kind: UploadKind.Final })
            return Refuse(edge, Problem.UploadEnded);
        if (info.Offset != offset)
            return Refuse(edge, Problem.OffsetMismatch);
        if (context.Request.ContentLength != 0)
            return Refuse(edge, Problem.UploadEnded);
        SetProgress(context.Response, offset, expires: null);
        return TypedResults.NoContent();
    }

    private static Ok Describe(HttpResponse response, UploadInfo info)
    {
        var isOpen = info.State is UploadState.Open;
        // Of a final upload that is still being put together there is no offset yet.
        SetProgress(response, info.Kind is UploadKind.Final && isOpen ? null : info.Offset, isOpen ? info.ExpiresAt : null);
        if (info.Length is { } length)
            response.Headers[TusHeaders.Length] = TusHeaders.Text(length);
        else
            response.Headers[TusHeaders.DeferLength] = "1";
        if (info.Metadata is not null)
            response.Headers[TusHeaders.Metadata] = info.Metadata;
        if (info.Concat is not null)
            response.Headers[TusHeaders.Concat] = info.Concat;
        response.Headers.CacheControl = "no-store";
        return TypedResults.Ok();
    }

    private static void SetProgress(HttpResponse response, long? offset, DateTimeOffset? expires)
    {
        if (offset is { } bytes)
            response.Headers[TusHeaders.Offset] = TusHeaders.Text(bytes);
        if (expires is { } time)
            response.Headers[TusHeaders.Expires] = TusHeaders.Text(time);
    }

    private static Problem? RefuseVersion(HttpContext context)
    {
        context.Response.Headers[TusHeaders.Resumable] = TusHeaders.SpokenVersion;
        if (context.Request.Headers[TusHeaders.Resumable] is [TusHeaders.SpokenVersion])
            return null;
        context.Response.Headers[TusHeaders.Version] = TusHeaders.SpokenVersion;
        return Problem.TusVersionUnsupported;
    }

    private static ProblemResult Refuse(UploadEdge edge, Problem problem)
    {
        edge.Metrics.Refused(problem.Code);
        return problem.ToResult();
    }
}
