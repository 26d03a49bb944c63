using Ingestion.Api.Problems;
using Ingestion.Api.Uploads.Limits;
using Ingestion.Uploads;
using Microsoft.Extensions.Hosting;

namespace Ingestion.Api.Uploads.Tus;

/// <summary>
/// Makes one upload of several finished partial ones. The pieces stay until they expire: a client whose connection breaks may ask again.
/// </summary>
internal sealed class TusConcatenator(
    UploadCreator creator,
    UploadFinder finder,
    PieceJoiner joiner,
    UploadCancellation cancellation,
    UploadAdmission admission,
    IGrainFactory grains,
    IOptions<UploadOptions> options,
    IHostApplicationLifetime host)
{
    /// <summary>The final upload's id, or why there is none; then nothing of it is left.</summary>
    public async Task<(string? Id, Problem? Problem)> ConcatenateAsync(string owner, TusCreation wish, CancellationToken cancellationToken)
    {
        var (pieces, length, unusable) = await FindPiecesAsync(owner, wish.Concat!.Parts!);
        if (unusable is not null)
            return (null, unusable);
        await ReleaseAsync(owner, pieces);
        string? joined = null;
        try
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, host.ApplicationStopping);
            var upload = new NewUpload(owner, UploadKind.Final, wish.FileName, ContentType: null, length, wish.Metadata, wish.Concat.Text, options.Value.TimeToLive) { Tenant = wish.Tenant };
            (joined, var problem) = await CreateAsync(upload, pieces, stop.Token);
            return (joined, problem);
        }
        finally
        {
            if (joined is null)
                await ReserveAgainAsync(owner, pieces);
        }
    }

    private async Task<(string? Id, Problem? Problem)> CreateAsync(NewUpload upload, IReadOnlyList<Piece> pieces, CancellationToken cancellationToken)
    {
        var (id, refused) = await creator.CreateAsync(upload);
        if (id is null)
            return (null, refused);
        var joined = false;
        try
        {
            var problem = await joiner.JoinAsync(id, upload.Owner, pieces, cancellationToken);
            joined = problem is null;
            return joined ? (id, null) : (null, problem);
        }
        finally
        {
            if (!joined)
                await cancellation.CancelAsync(id, upload.Owner);
        }
    }

    /// <summary>The pieces' bytes become the final upload's: counted twice, half of a quota would be all that a client could use.</summary>
    private async Task ReleaseAsync(string owner, IReadOnlyList<Piece> pieces)
    {
        foreach (var piece in pieces)
            await grains.GetGrain<IQuotaGrain>(owner).ReleaseAsync(piece.Id);
    }

    private async Task ReserveAgainAsync(string owner, IReadOnlyList<Piece> pieces)
    {
        foreach (var piece in pieces)
            await admission.ReserveAsync(owner, piece.Id, piece.Length, durable: true);
    }

    private async Task<(IReadOnlyList<Piece> Pieces, long Length, Problem? Problem)> FindPiecesAsync(string owner, IReadOnlyList<string> ids)
    {
        var pieces = new List<Piece>(ids.Count);
        var length = 0L;
        foreach (var id in ids)
        {
            var info = await finder.FindAsync(id, owner);
            if (info is not { Kind: UploadKind.Partial, State: UploadState.Open or UploadState.Completing or UploadState.Completed })
                return ([], 0, Problem.PartialUploadUnknown);
            if (info.State is not UploadState.Completed)
                return ([], 0, Problem.UploadIncomplete);
            if (info.Offset > options.Value.MaxFileBytes - length)
                return ([], 0, Problem.FileTooLarge);
            length += info.Offset;
            pieces.Add(new Piece(id, info.Offset));
        }

        return (pieces, length, null);
    }
}
