using Ingestion.Grains.Expiry;
using Ingestion.Grains.Videos;
using Ingestion.Uploads;
using Ingestion.Videos;
using Orleans.Storage;

namespace Ingestion.Grains.Check;

/// <summary>
/// Writes states as their grains would, without a silo: adds what is missing, and removes neither a state nor bytes. A silo that has such a state in
/// memory finds a conflict with its next write of it, refuses that one request with 503, and reads it again.
/// </summary>
/// <param name="storage">The states.</param>
/// <param name="time">The clock.</param>
public sealed class StateRepairs(IGrainStorage storage, TimeProvider time)
{
    private const string Video = "video";

    /// <summary>Lists a video in its owner's library, and stores where. False when it is not there any more.</summary>
    public async Task<bool> ListAsync(string videoId)
    {
        var video = await ReadAsync(videoId);
        if (video.State?.Visible is not { } record)
            return false;
        var position = await LibraryOf(record.Owner).AddAsync(videoId);
        await WriteAsync(videoId, video, video.State with { LibraryPosition = position });
        return true;
    }

    /// <summary>Clears a place of a library that is not where the video is listed.</summary>
    public async Task<bool> ClearAsync(string videoId, long position)
    {
        var video = await ReadAsync(videoId);
        if (video.State is not { Record: { } record } state || state.LibraryPosition == position)
            return false;
        await LibraryOf(record.Owner).RemoveAsync(position, videoId);
        return true;
    }

    /// <summary>
    /// Has a silo continue what the video has pending, and send its job where it is not processed yet. A job too many does nothing: a worker claims the
    /// video first.
    /// </summary>
    public async Task<bool> ContinueAsync(string videoId)
    {
        var video = await ReadAsync(videoId);
        if (video.State is not { Record: not null } state)
            return false;
        // Listed before it is stored, as grains do it: nothing pending is ever unlisted.
        await AddDueAsync("videoindex", "video-", videoId);
        if (state.Visible is { Status.IsTerminal: false })
            await WriteAsync(videoId, video, state with { JobPending = true });
        return true;
    }

    /// <summary>Has a silo look at an upload soon: it ends it, or continues its end.</summary>
    public async Task<bool> CheckUploadAsync(string uploadId)
    {
        await AddDueAsync("uploadindex", "", uploadId);
        return true;
    }

    private VideoList LibraryOf(string owner) => new(storage, GrainId.Create(LibraryPlace.GrainType, owner), "library");

    private Task AddDueAsync(string index, string prefix, string id)
    {
        var now = time.GetUtcNow();
        return new DuePages(storage, GrainId.Create(index, UploadShards.Of(id)), prefix).AddAsync(id, now, now);
    }

    private async Task<GrainState<VideoState>> ReadAsync(string videoId)
    {
        var state = new GrainState<VideoState>(new VideoState());
        await storage.ReadStateAsync(Video, GrainId.Create(Video, videoId), state);
        return state;
    }

    private Task WriteAsync(string videoId, GrainState<VideoState> state, VideoState next)
    {
        state.State = next;
        return storage.WriteStateAsync(Video, GrainId.Create(Video, videoId), state);
    }
}
