using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using Ingestion.Api.Problems;
using Ingestion.Api.Stopping;
using Ingestion.Api.Uploads.Resumable;

namespace Ingestion.Api.Uploads.Sessions;

/// <summary>Copies a request's body into an upload and returns which side ended it. It throws only what the store throws.</summary>
internal static class BodyCopier
{
    /// <summary>Each run of bytes is given to the digest of <paramref name="append"/> too.</summary>
    public static async Task<BodyResult> CopyAsync(HttpRequest request, UploadSession session, Append append, CancellationToken cancellationToken)
    {
        var body = request.BodyReader;
        // Not the token itself: a read that ends by it breaks the connection, and the client never sees its answer.
        await using var stop = cancellationToken.UnsafeRegister(static body => ((PipeReader)body!).CancelPendingRead(), body);
        session.Wake(body.CancelPendingRead);
        try
        {
            return await CopyAsync(body, request, session, append, cancellationToken);
        }
        finally
        {
            session.Wake(null);
        }
    }

    private static async Task<BodyResult> CopyAsync(
        PipeReader body, HttpRequest request, UploadSession session, Append append, CancellationToken cancellationToken)
    {
        while (true)
        {
            ReadResult read;
            try
            {
                read = await body.ReadAsync(CancellationToken.None);
            }
            catch (RequestCutException)
            {
                return new BodyResult(BodyEnd.Ended, null);
            }
            catch (OperationCanceledException)
            {
                return new BodyResult(BodyEnd.ClientGone, null);
            }
            catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status408RequestTimeout)
            {
                return new BodyResult(BodyEnd.Refused, Problem.UploadTooSlow);
            }
            catch (Exception e) when (e is IOException or SocketException)
            {
                // Reset, given up by the kernel, or ended before its Content-Length or last chunk.
                return new BodyResult(BodyEnd.ClientGone, null);
            }

            // A read that ended for a commit that is wanted is one like any other.
            if (read.IsCanceled && cancellationToken.IsCancellationRequested)
            {
                body.AdvanceTo(read.Buffer.End);
                return new BodyResult(request.HttpContext.RequestAborted.IsCancellationRequested ? BodyEnd.ClientGone : BodyEnd.Ended, null);
            }

            if (await TakeAsync(body, read.Buffer, session, append.Digest) is { } problem)
                return new BodyResult(BodyEnd.Refused, problem);
            if (read.IsCompleted)
                return new BodyResult(BodyEnd.Whole, null);
            if (session.IsCommitWanted && await LookedAtAsync(session, append) is { } ended)
                return ended;
            if (append.OnAcknowledgedAsync is { } acknowledge)
                await acknowledge(session.Acknowledged);
        }
    }

    /// <summary>
    /// Somebody looks at the upload. Of a whole one the client sends nothing more, though its connection may hang before the end of the body: it is
    /// completed now. Null to go on.
    /// </summary>
    private static async ValueTask<BodyResult?> LookedAtAsync(UploadSession session, Append append)
    {
        if (append.Completes is CompletesWhen.LengthReached && append.Digest is null && session.Received == session.Length)
            return new BodyResult(BodyEnd.Ended, null);
        return await session.CommitWantedAsync(CancellationToken.None) is { } problem ? new BodyResult(BodyEnd.Refused, problem) : null;
    }

    private static async ValueTask<Problem?> TakeAsync(PipeReader body, ReadOnlySequence<byte> bytes, UploadSession session, IBodyDigest? digest)
    {
        try
        {
            // What is stored must not be cut short by a client that leaves: the store is not cancelled with the request.
            if (!bytes.IsEmpty && await session.WriteAsync(bytes, CancellationToken.None) is { } problem)
                return problem;
            Digest(digest, bytes);
            return null;
        }
        finally
        {
            // Refused ones too: the server has to read on behind them, or the client never sees its answer.
            body.AdvanceTo(bytes.End);
        }
    }

    private static void Digest(IBodyDigest? digest, ReadOnlySequence<byte> bytes)
    {
        if (digest is null)
            return;
        foreach (var run in bytes)
            digest.Append(run.Span);
    }
}

/// <summary>How a body ended.</summary>
internal enum BodyEnd
{
    /// <summary>All of it came.</summary>
    Whole,

    /// <summary>The client left, or broke off.</summary>
    ClientGone,

    /// <summary>Another request wants the upload, or the silo stops.</summary>
    Ended,

    /// <summary>It can't continue; the problem has the reason.</summary>
    Refused,
}

/// <summary>How a body ended, and why it was refused.</summary>
internal readonly record struct BodyResult(BodyEnd End, Problem? Problem);

/// <summary>A checksum over the body of one request.</summary>
internal interface IBodyDigest
{
    /// <summary>The next bytes.</summary>
    void Append(ReadOnlySpan<byte> bytes);

    /// <summary>Whether they are what the client declared; checked once, after the last byte. Null, or the protocol's problem.</summary>
    Problem? Verify(HttpRequest request);
}
