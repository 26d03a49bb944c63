using Ingestion.Api.Problems;
using Ingestion.Api.Uploads.Sessions;
using Ingestion.Uploads;
using Ingestion.Videos;

namespace Ingestion.Api.Uploads.Resumable;

/// <summary>When the body of an append is the last one.</summary>
internal enum CompletesWhen
{
    /// <summary>Never by itself: the client says when.</summary>
    Never,

    /// <summary>When the upload has its declared length (tus).</summary>
    LengthReached,

    /// <summary>When this body has come whole.</summary>
    BodyEnded,
}

/// <summary>One request that appends to an upload.</summary>
/// <param name="Offset">Where the client believes the upload ends; null takes over wherever that is.</param>
/// <param name="Completes">Whether it is the last one.</param>
/// <param name="Length">The total length, if this request declares it.</param>
/// <param name="Digest">A checksum over this body; then all of it counts, or nothing.</param>
internal sealed record Append(long? Offset, CompletesWhen Completes, long? Length = null, IBodyDigest? Digest = null)
{
    /// <summary>What the bytes of the whole source must have, if this request says so.</summary>
    public SourceDigest? SourceDigest { get; init; }

    /// <summary>Which refusals of this body end the upload for good; none as it comes.</summary>
    public Func<Problem, bool> IsFatal { get; init; } = static _ => false;

    /// <summary>Told between two reads of the body how many bytes of the upload are acknowledged.</summary>
    public Func<long, ValueTask>? OnAcknowledgedAsync { get; init; }
}

/// <summary>How an append went.</summary>
/// <param name="Problem">Null when it went well.</param>
/// <param name="Offset">Acknowledged bytes now; where the client has to go on.</param>
/// <param name="Length">Total bytes if known.</param>
/// <param name="ExpiresAt">When the upload goes if nothing more comes.</param>
/// <param name="IsComplete">Whether the upload has all it needs.</param>
/// <param name="Video">What it became by this request.</param>
/// <param name="HasFailed">Whether the upload is given up.</param>
internal sealed record AppendResult(
    Problem? Problem, long Offset, long? Length, DateTimeOffset ExpiresAt, bool IsComplete = false, VideoRecord? Video = null, bool HasFailed = false);

/// <summary>Appends the body of a request to an upload, the same way for every resumable protocol.</summary>
internal static class UploadAppend
{
    /// <summary>Whatever happens, what was acknowledged stays; an interrupted body is acknowledged as far as it came.</summary>
    public static async Task<AppendResult> AppendAsync(this UploadEdge edge, HttpContext context, string id, string owner, Append append)
    {
        if (!MediaId.IsValid(id))
            return new AppendResult(Problem.NotFound, 0, null, default);
        var (session, lease) = await UploadSession.OpenAsync(edge, id, owner, UploadKind.Resumable, append.Offset, hold: append.Digest is not null, Expected(context.Request, append));
        if (session is null)
            return new AppendResult(ProblemOf(lease.Outcome), lease.Offset, lease.Length, lease.ExpiresAt, IsComplete: lease.Outcome is UploadOutcome.Ended);
        await using (session)
        {
            var (problem, complete, video) = await RunOrGiveWayAsync(edge, context, session, append);
            return new AppendResult(problem, session.Acknowledged, session.Length, session.ExpiresAt, complete, video, session.HasFailed);
        }
    }

    /// <summary>The store may know of a new writer before the grain has told this one.</summary>
    private static async Task<(Problem? Problem, bool IsComplete, VideoRecord? Video)> RunOrGiveWayAsync(UploadEdge edge, HttpContext context, UploadSession session, Append append)
    {
        try
        {
            return await RunAsync(edge, context, session, append);
        }
        catch (WriterFencedException)
        {
            session.Drop();
            return (Problem.UploadTakenOver, false, null);
        }
    }

    private static async Task<(Problem? Problem, bool IsComplete, VideoRecord? Video)> RunAsync(UploadEdge edge, HttpContext context, UploadSession session, Append append)
    {
        if (append.Length is { } length && session.Declare(length) is { } contradiction)
            return (contradiction, false, null);
        if (RefuseLength(edge, context.Request.ContentLength, session) is { } tooLong)
        {
            // A length that was declared with it counts as little as its bytes.
            session.Drop();
            return (tooLong, false, null);
        }

        if (append.SourceDigest is { } digest)
            session.Expect(digest);
        edge.LiftBodyLimits(context);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, session.Ended, edge.Host.ApplicationStopping);
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
    private static Problem? RefuseLength(UploadEdge edge, long? bytes, UploadSession session)
    {
        if (bytes > session.Length - session.Received)
            return Problem.UploadLengthExceeded;
        return bytes > edge.Options.Value.MaxFileBytes - session.Received ? Problem.FileTooLarge : null;
    }

    /// <summary>Keeps what came, for whoever goes on. Null when that was all that was asked.</summary>
    private static async Task<Problem?> StopAsync(UploadSession session, Append append, BodyResult body)
    {
        var unsettled = session.Ended.IsCancellationRequested && body.End is BodyEnd.Ended ? null : await session.SettleAsync(CancellationToken.None);
        return body.End switch
        {
            // It was to be the last one, and yet falls short of the declared length.
            BodyEnd.Whole when append.Completes is CompletesWhen.BodyEnded => unsettled ?? Problem.UploadLengthInconsistent,
            BodyEnd.Whole => unsettled,
            BodyEnd.Refused => body.Problem,
            _ => session.IsTakenOver ? Problem.UploadTakenOver : Problem.UploadInterrupted,
        };
    }

    private static bool Completes(UploadSession session, Append append, BodyEnd end) => append.Completes switch
    {
        // A body that goes on behind the end is wrong, and its end no less.
        CompletesWhen.LengthReached => end is not BodyEnd.Refused && session.Received == session.Length,
        CompletesWhen.BodyEnded => end is BodyEnd.Whole && session.Received == (session.Length ?? session.Received),
        _ => false,
    };

    private static long? Expected(HttpRequest request, Append append) => append.Length ?? (append.Offset + request.ContentLength);

    private static Problem ProblemOf(UploadOutcome outcome) => outcome switch
    {
        UploadOutcome.NotFound => Problem.NotFound,
        UploadOutcome.OffsetMismatch => Problem.OffsetMismatch,
        UploadOutcome.Ended => Problem.UploadEnded,
        UploadOutcome.NotAppendable => Problem.UploadNotAppendable,
        _ => Problem.UploadGone,
    };
}
