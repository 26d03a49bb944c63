using Ingestion.Api.Problems;
using Ingestion.Api.Uploads.Limits;
using Ingestion.Uploads;

namespace Ingestion.Api.Uploads.Direct;

/// <summary>Direct uploads while they take parts.</summary>
internal sealed class OpenDirectUploads(IGrainFactory grains, UploadFinder finder, UploadAdmission admission, IDirectUploads store)
{
    /// <summary>The owner's direct upload while it takes parts, or why it does not.</summary>
    public async Task<(UploadInfo? Info, Problem? Problem)> FindAsync(string id, string owner)
    {
        var info = await finder.FindAsync(id, owner);
        return info switch
        {
            null => (null, Problem.NotFound),
            { Kind: not UploadKind.Direct } => (null, Problem.UploadNotDirect),
            { State: UploadState.Open } => (info, null),
            { State: UploadState.Completing or UploadState.Completed } => (null, Problem.UploadEnded),
            _ => (null, Problem.UploadGone),
        };
    }

    /// <summary>The parts that the store has of it; null when the upload has ended.</summary>
    public Task<IReadOnlyList<UploadPart>?> ListPartsAsync(string id, UploadInfo info, CancellationToken cancellationToken) =>
        store.ListPartsAsync(ObjectKey.Source(id), info.StoreUploadId, info.Plan, cancellationToken);

    /// <summary>The upload is being worked on: its time begins anew, and so does its reservation. Null, or why not.</summary>
    public async Task<Problem?> ProlongAsync(string id, string owner, UploadInfo info)
    {
        if (await admission.ReserveAsync(owner, id, info.Length!.Value, durable: true) is { } refused)
            return refused;
        var grain = grains.GetGrain<IUploadGrain>(id);
        var lease = await grain.AcquireAsync(owner, expectedOffset: null, writer: null);
        if (UploadProblems.Of(lease.Outcome) is { } ended)
            return ended;
        await grain.CommitAsync(lease.Epoch, NothingNew(info.StoreUploadId));
        await grain.ReleaseAsync(lease.Epoch);
        return null;
    }

    /// <summary>A commit that only records where the store has the upload.</summary>
    internal static UploadCommit NothingNew(string storeUploadId) => new(storeUploadId, [], Tail: null, Length: null, ContentType: null, Head: default);
}
