using Ingestion.Api.Problems;
using Ingestion.Api.Uploads.Sessions;
using Ingestion.Uploads;

namespace Ingestion.Api.Uploads.Tus;

/// <summary>
/// Makes one upload of several finished partial ones. Their bytes are copied through the store in bounded memory, by a session like any other,
/// so that what comes out is sniffed, limited and completed like any other. The pieces stay until they expire: a client whose connection breaks
/// may ask again.
/// </summary>
internal static class TusConcatenation
{
    /// <summary>The final upload's id, or why there is none; then nothing of it is left.</summary>
    public static async Task<(string? Id, Problem? Problem)> ConcatenateAsync(this UploadEdge edge, HttpContext context, string owner, TusCreation wish)
    {
        var (pieces, length, unusable) = await FindPiecesAsync(edge, owner, wish.Concat!.Parts!);
        if (unusable is not null)
            return (null, unusable);
        await ReleaseAsync(edge, owner, pieces);
        string? joined = null;
        try
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, edge.Host.ApplicationStopping);
            var upload = new NewUpload(owner, UploadKind.Final, wish.FileName, ContentType: null, length, wish.Metadata, wish.Concat.Text, edge.Options.Value.TimeToLive);
            (joined, var problem) = await CreateAsync(edge, upload, pieces, stop.Token);
            return (joined, problem);
        }
        finally
        {
            if (joined is null)
                await ReserveAgainAsync(edge, owner, pieces);
        }
    }

    private static async Task<(string? Id, Problem? Problem)> CreateAsync(UploadEdge edge, NewUpload upload, IReadOnlyList<Piece> pieces, CancellationToken cancellationToken)
    {
        var (id, refused) = await edge.CreateUploadAsync(upload);
        if (id is null)
            return (null, refused);
        var joined = false;
        try
        {
            var problem = await JoinAsync(edge, id, upload.Owner, pieces, cancellationToken);
            joined = problem is null;
            return joined ? (id, null) : (null, problem);
        }
        finally
        {
            if (!joined)
                await edge.Upload(id).CancelAsync(upload.Owner);
        }
    }

    /// <summary>The pieces' bytes become the final upload's: counted twice, half of a quota would be all that a client could use.</summary>
    private static async Task ReleaseAsync(UploadEdge edge, string owner, IReadOnlyList<Piece> pieces)
    {
        foreach (var piece in pieces)
            await edge.Grains.GetGrain<IQuotaGrain>(owner).ReleaseAsync(piece.Id);
    }

    private static async Task ReserveAgainAsync(UploadEdge edge, string owner, IReadOnlyList<Piece> pieces)
    {
        foreach (var piece in pieces)
            await edge.Admission.ReserveAsync(owner, piece.Id, piece.Length, durable: true);
    }

    private static async Task<(IReadOnlyList<Piece> Pieces, long Length, Problem? Problem)> FindPiecesAsync(UploadEdge edge, string owner, IReadOnlyList<string> ids)
    {
        var pieces = new List<Piece>(ids.Count);
        var length = 0L;
        foreach (var id in ids)
        {
            var info = await edge.FindUploadAsync(id, owner);
            if (info is not { Kind: UploadKind.Partial, State: UploadState.Open or UploadState.Completing or UploadState.Completed })
                return ([], 0, Problem.PartialUploadUnknown);
            if (info.State is not UploadState.Completed)
                return ([], 0, Problem.UploadIncomplete);
            if (info.Offset > edge.Options.Value.MaxFileBytes - length)
                return ([], 0, Problem.FileTooLarge);
            length += info.Offset;
            pieces.Add(new Piece(id, info.Offset));
        }

        return (pieces, length, null);
    }

    private static async Task<Problem?> JoinAsync(UploadEdge edge, string id, string owner, IReadOnlyList<Piece> pieces, CancellationToken cancellationToken)
    {
        var (session, lease) = await UploadSession.OpenAsync(edge, id, owner, UploadKind.Final);
        if (session is null)
            throw new InvalidOperationException($"A fresh upload was refused: {lease.Outcome}.");
        await using (session)
        {
            foreach (var piece in pieces)
            {
                if (piece.Length > 0 && await CopyAsync(edge, session, piece, cancellationToken) is { } problem)
                    return problem;
            }

            return (await session.CompleteAsync(cancellationToken)).Problem;
        }
    }

    private static async Task<Problem?> CopyAsync(UploadEdge edge, UploadSession session, Piece piece, CancellationToken cancellationToken)
    {
        await session.StartAsync(cancellationToken);
        // Removed in this very moment, by its owner or its time.
        if (await edge.Store.OpenReadAsync(ObjectKey.Source(piece.Id), 0, piece.Length, cancellationToken) is not { } content)
            return Problem.PartialUploadUnknown;
        await using (content.Stream)
        {
            for (var left = piece.Length; left > 0;)
            {
                var space = session.GetMemory();
                var read = await content.Stream.ReadAsync(space[..(int)Math.Min(space.Length, left)], cancellationToken);
                if (read == 0)
                    return Problem.UploadCorrupt;
                if (await session.AdvanceAsync(read, cancellationToken) is { } problem)
                    return problem;
                left -= read;
            }
        }

        return null;
    }

    private readonly record struct Piece(string Id, long Length);
}
