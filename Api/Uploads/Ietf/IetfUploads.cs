using Ingestion.Api.Auth;
using Ingestion.Api.Problems;
using Ingestion.Api.Uploads.Resumable;
using Ingestion.Api.Uploads.Sessions;
using Ingestion.Uploads;

namespace Ingestion.Api.Uploads.Ietf;

/// <summary>
/// Resumable uploads for HTTP, the draft of the IETF in its interop version 8, for an upload that exists: fields in, fields out. What an upload is
/// and does is not decided here.
/// </summary>
internal sealed class IetfUploads(
    UploadFinder finder, PendingUploads pending, UploadAppender appender, UploadCancellation cancellation, BodyLimits limits, IetfAnswers answers,
    TimeProvider time)
{
    public async Task<IResult> GetAsync(HttpContext context, string id)
    {
        var answer = answers.For(context);
        var info = await pending.LookAsync(id, context.User.UserId(), context.RequestAborted);
        return info?.State switch
        {
            null or UploadState.None => answer.Refuse(Problem.NotFound),
            UploadState.Open or UploadState.Completing or UploadState.Completed => answer.Described(info),
            _ => answer.Refuse(Problem.UploadGone),
        };
    }

    public async Task<IResult> AppendAsync(HttpContext context, string id)
    {
        limits.Lift(context);
        var answer = answers.For(context);
        var (request, invalid) = IetfRequest.ReadAppend(context.Request);
        if (request is null)
            return answer.Refuse(invalid!);
        var (digest, wrong) = ContentDigest.Of(context.Request);
        using (digest)
            return wrong is null ? await AppendAsync(context, answer, id, request, digest) : answer.Refuse(wrong);
    }

    public async Task<IResult> CancelAsync(HttpContext context, string id) =>
        await cancellation.CancelAsync(id, context) is { } problem ? answers.For(context).Refuse(problem) : TypedResults.NoContent();

    public IResult Options(HttpContext context) => answers.For(context).Options();

    private async Task<IResult> AppendAsync(HttpContext context, IetfAnswer answer, string id, IetfRequest request, ContentDigest? digest)
    {
        var owner = context.User.UserId();
        // A body beyond the declared length is another source than the announced one.
        var append = request.ToAppend(digest, InterimResponses.For(context, time)) with { IsFatal = static problem => problem == Problem.UploadLengthExceeded };
        var result = await appender.AppendAsync(context, id, owner, append);
        if (result.Problem is null)
            return result.IsComplete ? answer.Final(result.Video, result.Offset) : answer.Appended(result.Offset, result.ExpiresAt);
        if (result.IsComplete)
            return await AppendToWholeAsync(answer, id, owner, request);
        if (result.Problem != Problem.OffsetMismatch)
            return answer.Refuse(result.Problem, result.HasFailed);
        // A request that still writes is ended first: the client must be able to continue from the offset in the answer.
        var info = await pending.PrepareToResumeAsync(id, owner, context.RequestAborted);
        return answer.RefuseOffset(info?.Offset ?? result.Offset, request.Offset);
    }

    /// <summary>Nothing can be added to a whole upload; but the last request, sent again, gets its answer again.</summary>
    private async Task<IResult> AppendToWholeAsync(IetfAnswer answer, string id, string owner, IetfRequest request)
    {
        if (await finder.FindAsync(id, owner) is not { } info)
            return answer.Refuse(Problem.NotFound);
        if (!(request.IsLast && request.Offset + request.ContentLength == info.Offset))
            return request.Offset == info.Offset ? answer.Refuse(Problem.UploadCompleted) : answer.RefuseOffset(info.Offset, request.Offset);
        var (video, problem) = info.Kind is UploadKind.Partial ? (null, null) : await pending.FinishVideoAsync(id, owner);
        return problem is null ? answer.Final(video, info.Offset) : answer.Refuse(problem);
    }
}
