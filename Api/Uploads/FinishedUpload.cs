using Ingestion.Api.Problems;
using Ingestion.Uploads;
using Ingestion.Videos;

namespace Ingestion.Api.Uploads;

/// <summary>What an upload has become, for a client that missed the answer and asks again.</summary>
internal static class FinishedUpload
{
    // The grain tries again by itself about as often.
    private static readonly TimeSpan _retryAfter = TimeSpan.FromSeconds(2);

    /// <summary>The video of an upload that is complete, or about to be; or why there is none.</summary>
    public static async Task<(VideoRecord? Video, Problem? Problem)> FindVideoAsync(this UploadEdge edge, string id, string owner)
    {
        var state = await edge.Upload(id).FinishPendingAsync();
        if (state is UploadState.Completing)
            return (null, Problem.Unavailable with { RetryAfter = _retryAfter });
        var video = state is UploadState.Completed ? await edge.Grains.GetGrain<IVideoGrain>(id).GetAsync(owner) : null;
        return video is null ? (null, Problem.UploadGone) : (video, null);
    }
}
