using Ingestion.Api.Problems;
using Ingestion.Uploads;
using Ingestion.Videos;

namespace Ingestion.Api.Uploads;

/// <summary>Finishes what is still under way in an upload, so that a client's request gets an offset to continue from.</summary>
internal sealed class PendingUploads(IGrainFactory grains, UploadFinder finder, TimeProvider time)
{
    // What a live writer needs to store its rest; the grain itself stops believing in it a little earlier.
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan _step = TimeSpan.FromMilliseconds(25);

    // The grain retries by itself about as often.
    private static readonly TimeSpan _retryAfter = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Prepares the owner's upload for a client that wants to continue. A writer that still hangs on a dead connection stores what it has and stops,
    /// so that nothing is sent twice and no client meets a lock; a completion that a crash interrupted is finished. An upload whose video was
    /// deleted counts as given up.
    /// </summary>
    /// <returns>Where the client continues; null when there is no such upload.</returns>
    public async Task<UploadInfo?> PrepareToResumeAsync(string id, string owner, CancellationToken cancellationToken)
    {
        var info = await FindSettledAsync(id, owner);
        return info is { Writing: true } ? await StopWriterAsync(id, owner, info, cancellationToken) : info;
    }

    /// <summary>
    /// Looks at the owner's upload as <see cref="PrepareToResumeAsync"/> does, but no request is ended: what writes commits what has come and goes on. A
    /// client whose connection is dead continues from there by a request that takes over.
    /// </summary>
    /// <returns>Where the upload is; null when there is none.</returns>
    public async Task<UploadInfo?> LookAsync(string id, string owner, CancellationToken cancellationToken)
    {
        var info = await FindSettledAsync(id, owner);
        if (info is not { Writing: true } || !await WantsCommitAsync(id, owner))
            return info;
        var (started, before) = (time.GetTimestamp(), info.Commits);
        while (info is { Writing: true } && info.Commits == before && time.GetElapsedTime(started) < _patience)
        {
            await Task.Delay(_step, time, cancellationToken);
            info = await Upload(id).GetInfoAsync(owner);
        }

        return info;
    }

    private async Task<bool> WantsCommitAsync(string id, string owner)
    {
        try
        {
            return await Upload(id).WantCommitAsync(owner);
        }
        catch (TypeLoadException)
        {
            // The upload is in a silo of 0.3, which does not know the call. Moving it from there would end the request that writes it.
            return false;
        }
    }

    private async Task<UploadInfo?> FindSettledAsync(string id, string owner)
    {
        var info = await finder.FindAsync(id, owner);
        if (info is { State: UploadState.Completing })
        {
            // A client that sees all its bytes acknowledged stops requesting: it sees them only once they are a video.
            await Upload(id).FinishPendingAsync();
            info = await finder.FindAsync(id, owner);
        }

        if (info is { State: UploadState.Completed, Kind: not UploadKind.Partial } && await Video(id).GetAsync(owner) is null)
            return info with { State = UploadState.Aborted };
        return info;
    }

    /// <summary>Finishes the completion of an upload, for a client that missed the answer and retries.</summary>
    /// <returns>The upload's video, or why there is none.</returns>
    public async Task<(VideoRecord? Video, Problem? Problem)> FinishVideoAsync(string id, string owner)
    {
        var state = await Upload(id).FinishPendingAsync();
        if (state is UploadState.Completing)
            return (null, Problem.Unavailable with { RetryAfter = _retryAfter });
        var video = state is UploadState.Completed ? await Video(id).GetAsync(owner) : null;
        return video is null ? (null, Problem.UploadGone) : (video, null);
    }

    private async Task<UploadInfo?> StopWriterAsync(string id, string owner, UploadInfo? info, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        await Upload(id).StopWriterAsync(owner);
        while (info is { Writing: true } && time.GetElapsedTime(started) < _patience)
        {
            await Task.Delay(_step, time, cancellationToken);
            info = await Upload(id).GetInfoAsync(owner);
        }

        return info;
    }

    private IUploadGrain Upload(string id) => grains.GetGrain<IUploadGrain>(id);

    private IVideoGrain Video(string id) => grains.GetGrain<IVideoGrain>(id);
}
