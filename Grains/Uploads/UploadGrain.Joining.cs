using Ingestion.Grains.Uploads.Joining;
using Ingestion.Uploads;

namespace Ingestion.Grains.Uploads;

/// <summary>
/// Final uploads and their pieces. A final upload owns its pieces from its creation: they go with it, and with nothing else. So its record is stored before
/// it takes them, and forgotten after they have gone. Calls go from the final upload to its pieces only.
/// </summary>
internal sealed partial class UploadGrain
{
    // Each costs its silo a write of a state.
    private const int PiecesAtOnce = 16;

    // How soon the janitor checks whether a copy is still running somewhere.
    private static readonly TimeSpan _joinCheck = TimeSpan.FromMinutes(1);

    private bool _hasPieces;

    public async Task<UploadOutcome> JoinIntoAsync(string owner, string finalId)
    {
        if (Manifest is { Kind: UploadKind.Partial, State: UploadState.Completing })
            await FinishAsync();
        var m = Manifest;
        var outcome = JoinRules.Join(m, owner, finalId);
        if (outcome is UploadOutcome.Ok && m.JoinedInto is null)
            await SaveAsync(m with { JoinedInto = finalId });
        return outcome;
    }

    public async Task LeaveJoinAsync(string finalId, bool remove)
    {
        var m = Manifest;
        if (!m.IsHeld || m.JoinedInto != finalId)
            return;
        // When the owner has given it up meanwhile, only the record is left.
        if (remove || m.State is not UploadState.Completed)
        {
            await store.DeleteAllAsync(Id, CancellationToken.None);
            await GrainFactory.GetGrain<IQuotaGrain>(m.Owner).ReleaseAsync(Id);
            await SaveAsync(m with { IsSpent = true });
        }
        else
        {
            await SaveAsync(m with { JoinedInto = null });
        }
    }

    /// <summary>Before each life of the upload: a crash may have come between its record and its pieces.</summary>
    private async Task<UploadOutcome> TakePiecesOnceAsync()
    {
        if (_hasPieces || !Manifest.IsJoining)
            return UploadOutcome.Ok;
        var outcome = await TakePiecesAsync();
        _hasPieces = outcome is UploadOutcome.Ok;
        return outcome;
    }

    /// <summary>Makes the pieces its own. Ok, or why one of them can't be; then none is.</summary>
    private async Task<UploadOutcome> TakePiecesAsync()
    {
        foreach (var some in Manifest.Pieces.Chunk(PiecesAtOnce))
        {
            var outcomes = await Task.WhenAll(some.Select(piece => Piece(piece).JoinIntoAsync(Manifest.Owner, Id)));
            if (Array.Find(outcomes, outcome => outcome is not UploadOutcome.Ok) is not UploadOutcome.Ok and var refused)
            {
                await LeavePiecesAsync(remove: false);
                return refused;
            }
        }

        return UploadOutcome.Ok;
    }

    /// <summary>The pieces go, or are free again.</summary>
    private async Task LeavePiecesAsync(bool remove)
    {
        foreach (var some in Manifest.Pieces.Chunk(PiecesAtOnce))
            await Task.WhenAll(some.Select(piece => Piece(piece).LeaveJoinAsync(Id, remove)));
    }

    /// <summary>The video is stored. Whether the pieces have gone; if not, they are retried.</summary>
    private async Task<bool> TryRemovePiecesAsync()
    {
        if (Manifest.Pieces.Count == 0)
            return true;
        try
        {
            await LeavePiecesAsync(remove: true);
            return true;
        }
#pragma warning disable CA1031 // Stores and grains fail in many ways. The video must not wait for this; what is left counts against the quota until it is gone.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogPiecesLeft(e, Id);
            Retry.StartLater();
            return false;
        }
    }

    /// <summary>Pieces that outlived the end of their final upload go.</summary>
    private async Task<CompleteResult> RemoveLeftPiecesAsync()
    {
        if (await TryRemovePiecesAsync())
        {
            await SaveAsync(Manifest with { Pieces = [] });
            Rest();
        }

        return new CompleteResult(UploadOutcome.Ended, null);
    }

    /// <summary>Has the pieces copied in this silo, unless that is under way.</summary>
    private void ContinueJoining()
    {
        if (Manifest.IsJoining)
            joins.Start(Id, Manifest.Owner, Manifest.Pieces);
    }

    private IUploadGrain Piece(UploadPiece piece) => GrainFactory.GetGrain<IUploadGrain>(piece.Id);

    /// <summary>A piece of a final upload is kept, and counted, until that one lets it go.</summary>
    private async Task<DateTimeOffset> KeepHeldAsync(DateTimeOffset now)
    {
        var again = now + Manifest.TimeToLive;
        await RenewAsync(again);
        return again;
    }

    /// <summary>What lies in the store counts: until a while after it is looked at again. Of a final upload its pieces count.</summary>
    private Task RenewAsync(DateTimeOffset until)
    {
        var m = Manifest;
        return m.Kind is UploadKind.Final
            ? Task.CompletedTask
            : GrainFactory.GetGrain<IQuotaGrain>(m.Owner).ReserveAsync(Id, m.Length ?? m.Offset, durable: true, QuotaLimits.None, until + m.TimeToLive);
    }
}
