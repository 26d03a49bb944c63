using Ingestion.Api.Problems;
using Ingestion.Api.RateLimits;
using Ingestion.Api.Uploads.Sessions;
using Ingestion.Uploads;
using Ingestion.Videos;

namespace Ingestion.Api.Uploads.Resumable;

/// <summary>Appends the body of a request to an upload, the same way for every resumable protocol.</summary>
internal sealed class UploadAppender(UploadSessions sessions, BodyLimits limits, CallerRates rates, IOptions<UploadOptions> options)
{
    // Each append writes the manifest, however few bytes it brings. Clients send megabytes at a time.
    private const int Small = 64 * 1024;

    /// <summary>Whatever happens, what was acknowledged stays; an interrupted body is acknowledged as far as it came.</summary>
    public async Task<AppendResult> AppendAsync(HttpContext context, string id, string owner, Append append)
    {
        if (!MediaId.IsValid(id))
            return new AppendResult(Problem.NotFound, 0, null, default);
        if (rates.Check(context, RateKind.SmallAppend, checkAddress: context.Request.ContentLength < Small) is { } busy)
            return new AppendResult(busy, 0, null, default);
        var (result, isSmall) = await AppendInSessionAsync(context, id, owner, append);
        // Without the lease: the caller may wait here.
        if (isSmall)
            await rates.ChargeAsync(context, RateKind.SmallAppend);
        return result;
    }

    private async Task<(AppendResult Result, bool IsSmall)> AppendInSessionAsync(HttpContext context, string id, string owner, Append append)
    {
        var (session, lease) = await sessions.OpenAsync(
            id, owner, UploadKind.Resumable, append.Offset, hold: append.Digest is not null, Expected(context.Request, append));
        if (session is null)
            return (new AppendResult(UploadProblems.Of(lease.Outcome), lease.Offset, lease.Length, lease.ExpiresAt,
                IsComplete: lease.Outcome is UploadOutcome.Ended), IsSmall: true);
        await using (session)
        {
            var (problem, complete, video) = await RunOrGiveWayAsync(context, session, append);
            return (new AppendResult(problem, session.Acknowledged, session.Length, session.ExpiresAt, complete, video, session.HasFailed),
                IsSmall: !complete && session.Acknowledged - lease.Offset < Small);
        }
    }

    /// <summary>The store may know of a new writer before the grain has notified this one.</summary>
    private async Task<(Problem? Problem, bool IsComplete, VideoRecord? Video)> RunOrGiveWayAsync(HttpContext context, UploadSession session, Append append)
    {
        try
        {
            return await RunAsync(context, session, append);
        }
        catch (WriterFencedException)
        {
            session.Drop();
            return (Problem.UploadTakenOver, false, null);
        }
    }

    private async Task<(Problem? Problem, bool IsComplete, VideoRecord? Video)> RunAsync(HttpContext context, UploadSession session, Append append)
    {
        if (append.Length is { } length && session.Declare(length) is { } contradiction)
            return (contradiction, false, null);
        if (RefuseLength(context.Request.ContentLength, session) is { } tooLong)
        {
            // A length that was declared with it counts as little as its bytes.
            session.Drop();
            return (tooLong, false, null);
        }

        if (append.SourceDigest is { } digest)
            session.Expect(digest);
        limits.Lift(context);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, session.Ended);
        var body = await BodyCopier.CopyAsync(context.Request, session, append, stop.Token);
        if (body.End is BodyEnd.Whole && append.Digest?.Verify(context.Request) is { } wrong)
            body = new BodyResult(BodyEnd.Refused, wrong);
        if (body.Problem is { } refusal && !session.HasFailed && append.IsFatal(refusal))
            session.Fail(refusal);
        if (session.HasFailed)
            return (body.Problem, false, null);
        if (append.Digest is not null && body.End is not BodyEnd.Whole)
        {
            session.Drop();
            return (body.Problem ?? (session.IsTakenOver ? Problem.UploadTakenOver : Problem.UploadInterrupted), false, null);
        }

        if (!Completes(session, append, body.End))
            return (await StopAsync(session, append, body), false, null);
        var (video, failed) = await session.CompleteAsync(CancellationToken.None);
        return (failed, failed is null, video);
    }

    /// <summary>A body that can't fit is refused before its first byte.</summary>
    private Problem? RefuseLength(long? bytes, UploadSession session)
    {
        if (bytes > session.Length - session.Received)
            return Problem.UploadLengthExceeded;
        return bytes > options.Value.MaxFileBytes - session.Received ? Problem.FileTooLarge : null;
    }

    /// <summary>Stores what came, for the request that continues. Null when that was all that was requested.</summary>
    private static async Task<Problem?> StopAsync(UploadSession session, Append append, BodyResult body)
    {
        var notStored = session.Ended.IsCancellationRequested && body.End is BodyEnd.Ended ? null : await session.StoreRestAsync(CancellationToken.None);
        return body.End switch
        {
            // It was to be the last one, and yet falls short of the declared length.
            BodyEnd.Whole when append.Completes is CompletesWhen.BodyEnded => notStored ?? Problem.UploadLengthInconsistent,
            BodyEnd.Whole => notStored,
            BodyEnd.Refused => body.Problem,
            _ => session.IsTakenOver ? Problem.UploadTakenOver : Problem.UploadInterrupted,
        };
    }

    private static bool Completes(UploadSession session, Append append, BodyEnd end) => append.Completes switch
    {
        // A body that continues after the end is wrong, and so is its end.
        CompletesWhen.LengthReached => end is not BodyEnd.Refused && session.Received == session.Length,
        CompletesWhen.BodyEnded => end is BodyEnd.Whole && session.Received == (session.Length ?? session.Received),
        _ => false,
    };

    private static long? Expected(HttpRequest request, Append append) => append.Length ?? (append.Offset + request.ContentLength);
}
