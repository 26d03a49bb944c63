using Ingestion.Api.Problems;
using Ingestion.Api.Uploads.Sessions;
using Ingestion.Uploads;

namespace Ingestion.Api.Uploads.Tus;

/// <summary>
/// Copies finished partial uploads into the final one through the store, in bounded memory, by a session like any other: what comes out is
/// sniffed, limited and completed like any other.
/// </summary>
internal sealed class PieceJoiner(UploadSessions sessions, IObjectStore store)
{
    /// <summary>Null, or why they can't be joined.</summary>
    public async Task<Problem?> JoinAsync(string id, string owner, IReadOnlyList<Piece> pieces, CancellationToken cancellationToken)
    {
        var (session, lease) = await sessions.OpenAsync(id, owner, UploadKind.Final);
        if (session is null)
            throw new InvalidOperationException($"A fresh upload was refused: {lease.Outcome}.");
        await using (session)
        {
            foreach (var piece in pieces)
            {
                if (piece.Length > 0 && await CopyAsync(session, piece, cancellationToken) is { } problem)
                    return problem;
            }

            return (await session.CompleteAsync(cancellationToken)).Problem;
        }
    }

    private async Task<Problem?> CopyAsync(UploadSession session, Piece piece, CancellationToken cancellationToken)
    {
        await session.StartAsync(cancellationToken);
        // Removed in this very moment, by its owner or its time.
        if (await store.OpenReadAsync(ObjectKey.Source(piece.Id), 0, piece.Length, cancellationToken) is not { } content)
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
}

/// <summary>A finished partial upload.</summary>
internal readonly record struct Piece(string Id, long Length);
