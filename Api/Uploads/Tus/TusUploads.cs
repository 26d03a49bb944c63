using Ingestion.Api.Auth;
using Ingestion.Api.Problems;
using Ingestion.Api.Uploads.Resumable;
using Ingestion.Api.Uploads.Sessions;
using Ingestion.Uploads;

namespace Ingestion.Api.Uploads.Tus;

/// <summary>Requests of tus 1.0.0 to an upload that exists: fields in, fields out. What an upload is and does is not decided here.</summary>
internal sealed class TusUploads(
    UploadFinder finder, PendingUploads pending, UploadAppender appender, UploadCancellation cancellation, BodyLimits limits, TusAnswers answers,
    IOptions<UploadOptions> options)
{
    private const string Extensions = "creation,creation-with-upload,creation-defer-length,termination,expiration,checksum,checksum-trailer,concatenation";

    public async Task<IResult> GetAsync(HttpContext context, string id)
    {
        var owner = context.User.UserId();
        if (TusAnswers.RefuseVersion(context) is { } unsupported)
            return answers.Refuse(unsupported);
        var info = await pending.LookAsync(id, owner, context.RequestAborted);
        // Its last byte is safe and no request completed it: the silo died in between. A client that sees its own length sends no more requests.
        if (info is { State: UploadState.Open, Writing: false, Kind: not UploadKind.Final } && info.Offset == info.Length)
        {
            await appender.AppendAsync(context, id, owner, new Append(info.Offset, CompletesWhen.LengthReached));
            info = await finder.FindAsync(id, owner);
        }

        return info?.State switch
        {
            null or UploadState.None => answers.Refuse(Problem.NotFound),
            UploadState.Open or UploadState.Completing or UploadState.Completed => TusAnswers.Describe(context.Response, info),
            _ => answers.Refuse(Problem.UploadGone),
        };
    }

    public async Task<IResult> AppendAsync(HttpContext context, string id)
    {
        limits.Lift(context);
        var owner = context.User.UserId();
        if (TusAnswers.RefuseVersion(context) is { } unsupported)
            return answers.Refuse(unsupported);
        if (!TusHeaders.IsPiece(context.Request))
            return answers.Refuse(Problem.PieceExpected);
        if (!TusHeaders.TryReadBytes(context.Request.Headers[TusHeaders.Offset], out var offset))
            return answers.Refuse(Problem.UploadOffsetInvalid);
        long? length = null;
        if (context.Request.Headers.TryGetValue(TusHeaders.Length, out var declared))
        {
            if (!TusHeaders.TryReadBytes(declared, out var bytes))
                return answers.Refuse(Problem.UploadLengthInvalid);
            length = bytes;
        }

        var (checksum, wrong) = TusChecksum.Read(context.Request);
        if (wrong is not null)
            return answers.Refuse(wrong);
        using (checksum)
        {
            var result = await appender.AppendAsync(context, id, owner, new Append(offset, CompletesWhen.LengthReached, length, checksum));
            return result is { Problem: not null, IsComplete: true }
                ? await AppendToWholeAsync(context, id, owner, offset)
                : answers.Appended(context.Response, result);
        }
    }

    public async Task<IResult> CancelAsync(HttpContext context, string id)
    {
        if (TusAnswers.RefuseVersion(context) is { } unsupported)
            return answers.Refuse(unsupported);
        return await cancellation.CancelAsync(id, context) is { } problem ? answers.Refuse(problem) : TypedResults.NoContent();
    }

    /// <summary>What is spoken here; the only answer that needs no version and no token.</summary>
    public void DescribeOptions(HttpResponse response)
    {
        response.Headers[TusHeaders.Version] = TusHeaders.SpokenVersion;
        response.Headers[TusHeaders.Extension] = Extensions;
        response.Headers[TusHeaders.MaxSize] = TusHeaders.Text(options.Value.MaxFileBytes);
        response.Headers[TusHeaders.ChecksumAlgorithm] = TusChecksum.Algorithms;
    }

    /// <summary>Nothing can be added to a whole upload; adding nothing at its end is what a client does that missed the answer.</summary>
    private async Task<IResult> AppendToWholeAsync(HttpContext context, string id, string owner, long offset)
    {
        var info = await finder.FindAsync(id, owner);
        if (info is null or { Kind: UploadKind.Final })
            return answers.Refuse(Problem.UploadEnded);
        if (info.Offset != offset)
            return answers.Refuse(Problem.OffsetMismatch);
        if (context.Request.ContentLength != 0)
            return answers.Refuse(Problem.UploadEnded);
        TusAnswers.SetProgress(context.Response, offset, expires: null);
        return TypedResults.NoContent();
    }
}
