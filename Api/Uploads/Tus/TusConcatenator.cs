using Ingestion.Api.Problems;
using Ingestion.Uploads;

namespace Ingestion.Api.Uploads.Tus;

/// <summary>
/// Makes one upload of several finished partial ones. The request only begins that, and waits for its end for a while: the grain of the final
/// upload continues by itself. Its id follows from its pieces, so that the same request again, at the same time or later, finds the same upload.
/// </summary>
internal sealed class TusConcatenator(
    UploadFinder finder,
    PieceSniffer sniffer,
    PendingUploads pending,
    IGrainFactory grains,
    IOptions<UploadOptions> options,
    TimeProvider time)
{
    // Shorter than proxies wait. tus lets a final upload exist before its bytes are together.
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan _firstStep = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan _longestStep = TimeSpan.FromMilliseconds(250);

    /// <summary>The final upload's id, whose video exists or is being put together; or why there is none.</summary>
    public async Task<(string? Id, Problem? Problem)> ConcatenateAsync(string owner, TusCreation creation, CancellationToken cancellationToken)
    {
        var parts = creation.Concat!.Parts!;
        if (parts.Distinct(StringComparer.Ordinal).Count() != parts.Count)
            return (null, Problem.PartialUploadRepeated);
        var id = FinalUploadId.Of(owner, parts);
        if (await finder.FindAsync(id, owner) is null && await CreateAsync(id, owner, creation, cancellationToken) is { } refused)
            return (null, refused);
        var problem = await WaitAsync(id, owner, cancellationToken);
        return problem is null ? (id, null) : (null, problem);
    }

    private async Task<Problem?> CreateAsync(string id, string owner, TusCreation creation, CancellationToken cancellationToken)
    {
        var (pieces, unusable) = await FindPiecesAsync(owner, creation.Concat!.Parts!);
        if (unusable is not null)
            return unusable;
        // Before anything is written: the pieces stay, and nothing is left of the request.
        var (type, notTaken) = await sniffer.SniffAsync(pieces, cancellationToken);
        if (notTaken is not null)
            return notTaken;
        var length = pieces.Sum(piece => piece.Length);
        // Nothing is reserved: its pieces hold its room, and its place, until it has both.
        var upload = new NewUpload(owner, UploadKind.Final, creation.FileName, type, length, creation.Metadata, creation.Concat.Text, options.Value.TimeToLive)
        {
            Pieces = pieces,
            Tenant = creation.Tenant,
            Caller = creation.Caller,
        };
        var outcome = await grains.GetGrain<IUploadGrain>(id).CreateAsync(upload);
        return outcome is UploadOutcome.NotFound or UploadOutcome.Gone ? Problem.PartialUploadUnknown : UploadProblems.Of(outcome);
    }

    /// <summary>Null when the video exists, or will. The client may leave meanwhile.</summary>
    private async Task<Problem?> WaitAsync(string id, string owner, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        // This continues what a crash interrupted.
        await grains.GetGrain<IUploadGrain>(id).FinishPendingAsync();
        for (var step = _firstStep; ; step = step * 2 < _longestStep ? step * 2 : _longestStep)
        {
            switch ((await finder.FindAsync(id, owner))?.State)
            {
                case UploadState.Completed:
                    return (await pending.FinishVideoAsync(id, owner)).Problem;
                case UploadState.Failed:
                    return Problem.UploadCorrupt;
                case UploadState.Open or UploadState.Completing when time.GetElapsedTime(began) < _patience:
                    await Task.Delay(step, time, cancellationToken);
                    break;
                case UploadState.Open or UploadState.Completing:
                    return null;
                default:
                    return Problem.UploadGone;
            }
        }
    }

    private async Task<(IReadOnlyList<UploadPiece> Pieces, Problem? Problem)> FindPiecesAsync(string owner, IReadOnlyList<string> ids)
    {
        var pieces = new List<UploadPiece>(ids.Count);
        var length = 0L;
        foreach (var id in ids)
        {
            var info = await finder.FindAsync(id, owner);
            if (info is not { Kind: UploadKind.Partial, State: UploadState.Open or UploadState.Completing or UploadState.Completed })
                return ([], Problem.PartialUploadUnknown);
            if (info.State is not UploadState.Completed)
                return ([], Problem.UploadIncomplete);
            if (info.Offset > options.Value.MaxFileBytes - length)
                return ([], Problem.FileTooLarge);
            length += info.Offset;
            pieces.Add(new UploadPiece(id, info.Offset));
        }

        return (pieces, null);
    }
}
