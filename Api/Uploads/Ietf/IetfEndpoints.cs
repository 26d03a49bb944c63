using Ingestion.Api.Auth;
using Ingestion.Api.Problems;
using Ingestion.Api.Uploads.Resumable;
using Ingestion.Api.Uploads.Sessions;
using Ingestion.Uploads;

namespace Ingestion.Api.Uploads.Ietf;

/// <summary>
/// Resumable uploads for HTTP, the draft of the IETF in its interop version 8: fields in, fields out. What an upload is and does is not decided
/// here.
/// </summary>
internal static class IetfEndpoints
{
    public static async Task<IResult> CreateAsync(HttpContext context, UploadEdge edge)
    {
        edge.LiftBodyLimits(context);
        var (answer, owner) = (new IetfAnswer(context, edge), context.User.UserId());
        if (await edge.Admission.AdmitAsync(context, owner) is { } busy)
            return answer.Refuse(busy);
        var (request, invalid) = IetfRequest.ReadCreation(context.Request);
        if (request is null)
            return answer.Refuse(invalid!);
        var (digest, wrong) = ContentDigest.Of(context.Request);
        using (digest)
            return wrong is null ? await CreateAsync(context, edge, owner, request, digest) : answer.Refuse(wrong);
    }

    public static async Task<IResult> GetAsync(HttpContext context, UploadEdge edge, string id)
    {
        var answer = new IetfAnswer(context, edge);
        var info = await edge.FindSettledUploadAsync(id, context.User.UserId(), context.RequestAborted);
        return info?.State switch
        {
            null or UploadState.None => answer.Refuse(Problem.NotFound),
            UploadState.Open or UploadState.Completing or UploadState.Completed => answer.Described(info),
            _ => answer.Refuse(Problem.UploadGone),
        };
    }

    public static async Task<IResult> AppendAsync(HttpContext context, UploadEdge edge, string id)
    {
        edge.LiftBodyLimits(context);
        var answer = new IetfAnswer(context, edge);
        var (request, invalid) = IetfRequest.ReadAppend(context.Request);
        if (request is null)
            return answer.Refuse(invalid!);
        var (digest, wrong) = ContentDigest.Of(context.Request);
        using (digest)
            return wrong is null ? await AppendAsync(context, edge, id, request, digest) : answer.Refuse(wrong);
    }

    public static async Task<IResult> CancelAsync(HttpContext context, UploadEdge edge, string id)
    {
        var outcome = MediaId.IsValid(id) ? await edge.Upload(id).CancelAsync(context.User.UserId()) : UploadOutcome.NotFound;
        return outcome switch
        {
            UploadOutcome.Ok => TypedResults.NoContent(),
            UploadOutcome.NotFound => new IetfAnswer(context, edge).Refuse(Problem.NotFound),
            _ => new IetfAnswer(context, edge).Refuse(Problem.UploadGone),
        };
    }

    public static Task<IResult> OptionsAsync(HttpContext context, UploadEdge edge) => Task.FromResult(new IetfAnswer(context, edge).Options());

    private static async Task<IResult> CreateAsync(HttpContext context, UploadEdge edge, string owner, IetfRequest request, ContentDigest? digest)
    {
        var answer = new IetfAnswer(context, edge);
        var timeToLive = edge.Options.Value.TimeToLive;
        var upload = new NewUpload(owner, UploadKind.Resumable, IetfRequest.FileNameOf(context.Request), ContentType: null, request.Length, Metadata: null, Concat: null, timeToLive)
        {
            Digest = request.SourceDigest,
        };
        var (id, refused) = await edge.CreateUploadAsync(upload, request.ContentLength);
        if (id is null)
            return answer.Refuse(refused!);

        var interim = InterimResponses.For(context, edge.Time);
        if (interim is not null)
            await interim.AnnounceAsync(answer.AddressOf(id), edge.Limits());
        if (request is { HasBody: false, IsLast: false })
            return answer.Created(id, offset: 0, edge.Time.GetUtcNow() + timeToLive);
        // A creation whose bytes are refused leaves no upload: nobody would go on with it.
        var append = AppendOf(request, digest, interim) with { IsFatal = static problem => problem.Status is 400 or 403 or 413 or 415 };
        var result = await edge.AppendAsync(context, id, owner, append);
        if (result.Problem is null)
            return result.IsComplete ? answer.Final(result.Video, result.Offset) : answer.Created(id, result.Offset, result.ExpiresAt);
        if (!result.HasFailed)
            context.Response.Headers.Location = answer.AddressOf(id);
        return answer.Refuse(result.Problem, result.HasFailed);
    }

    private static async Task<IResult> AppendAsync(HttpContext context, UploadEdge edge, string id, IetfRequest request, ContentDigest? digest)
    {
        var (answer, owner) = (new IetfAnswer(context, edge), context.User.UserId());
        // What goes beyond the declared length is another source than the one that was announced.
        var append = AppendOf(request, digest, InterimResponses.For(context, edge.Time)) with { IsFatal = static problem => problem == Problem.UploadLengthExceeded };
        var result = await edge.AppendAsync(context, id, owner, append);
        if (result.Problem is null)
            return result.IsComplete ? answer.Final(result.Video, result.Offset) : answer.Appended(result.Offset, result.ExpiresAt);
        if (result.IsComplete)
            return await AppendToWholeAsync(context, edge, id, owner, request);
        if (result.Problem != Problem.OffsetMismatch)
            return answer.Refuse(result.Problem, result.HasFailed);
        // Whoever still writes is ended first: the offset that is told must be one to go on from.
        var info = await edge.FindSettledUploadAsync(id, owner, context.RequestAborted);
        return answer.RefuseOffset(info?.Offset ?? result.Offset, request.Offset);
    }

    /// <summary>Nothing can be added to a whole upload; but the last request, said again, gets its answer again.</summary>
    private static async Task<IResult> AppendToWholeAsync(HttpContext context, UploadEdge edge, string id, string owner, IetfRequest request)
    {
        var answer = new IetfAnswer(context, edge);
        if (await edge.FindUploadAsync(id, owner) is not { } info)
            return answer.Refuse(Problem.NotFound);
        if (!(request.IsLast && request.Offset + request.ContentLength == info.Offset))
            return request.Offset == info.Offset ? answer.Refuse(Problem.UploadCompleted) : answer.RefuseOffset(info.Offset, request.Offset);
        var (video, problem) = info.Kind is UploadKind.Partial ? (null, null) : await edge.FindVideoAsync(id, owner);
        return problem is null ? answer.Final(video, info.Offset) : answer.Refuse(problem);
    }

    private static Append AppendOf(IetfRequest request, ContentDigest? digest, InterimResponses? interim) =>
        new(request.Offset, request.IsLast ? CompletesWhen.BodyEnded : CompletesWhen.Never, request.Length, digest)
        {
            SourceDigest = request.SourceDigest,
            OnAcknowledgedAsync = interim is null ? null : interim.TellAsync,
        };
}
