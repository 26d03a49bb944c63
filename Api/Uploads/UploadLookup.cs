using Ingestion.Uploads;
using Ingestion.Videos;

namespace Ingestion.Api.Uploads;

/// <summary>Looks at uploads.</summary>
internal static class UploadLookup
{
    // What a writer that is still there needs to store its rest; the grain itself stops believing in it a little earlier.
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan _step = TimeSpan.FromMilliseconds(25);

    /// <summary>The owner's upload as it is; null when there is none.</summary>
    public static async Task<UploadInfo?> FindUploadAsync(this UploadEdge edge, string id, string owner) =>
        MediaId.IsValid(id) ? await edge.Upload(id).GetInfoAsync(owner) : null;

    /// <summary>
    /// The owner's upload as a client must see it that wants to go on: a writer that still hangs on a dead connection is asked to store what it
    /// has first, so that nothing is sent twice and nobody meets a lock. One whose video was deleted is gone with it.
    /// </summary>
    public static async Task<UploadInfo?> FindSettledUploadAsync(this UploadEdge edge, string id, string owner, CancellationToken cancellationToken)
    {
        var info = await edge.FindUploadAsync(id, owner);
        if (info is { State: UploadState.Completing })
        {
            // A client that is told of all its bytes asks no more: it is told so only once they are a video.
            await edge.Upload(id).FinishPendingAsync();
            info = await edge.FindUploadAsync(id, owner);
        }

        if (info is { State: UploadState.Completed, Kind: not UploadKind.Partial } && await edge.Grains.GetGrain<IVideoGrain>(id).GetAsync(owner) is null)
            return info with { State = UploadState.Aborted };
        if (info is not { Writing: true })
            return info;
        var asked = edge.Time.GetTimestamp();
        await edge.Upload(id).StopWriterAsync(owner);
        while (info is { Writing: true } && edge.Time.GetElapsedTime(asked) < _patience)
        {
            await Task.Delay(_step, edge.Time, cancellationToken);
            info = await edge.Upload(id).GetInfoAsync(owner);
        }

        return info;
    }
}
