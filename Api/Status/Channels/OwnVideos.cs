using Ingestion.Status;
using Ingestion.Uploads;
using Ingestion.Videos;

namespace Ingestion.Api.Status.Channels;

/// <summary>
/// What is a user's own, and may be watched: from the first byte of the upload on, and until the last event that tells of it is kept no more. Who
/// was away when a video went must be able to come back to be told.
/// </summary>
internal static class OwnVideos
{
    /// <summary>Whether all of them are the <paramref name="user"/>'s.</summary>
    public static async Task<bool> AreAllAsync(IEnumerable<string> videoIds, string user, IGrainFactory grains)
    {
        var gone = new List<string>();
        foreach (var id in videoIds)
        {
            if (!await ExistsAsync(id, user, grains))
                gone.Add(id);
        }

        // At once: it reads the whole journal.
        return gone.Count == 0 || await grains.GetGrain<IStatusGrain>(user).KnowsAsync(gone);
    }

    private static async Task<bool> ExistsAsync(string id, string user, IGrainFactory grains) =>
        await grains.GetGrain<IVideoGrain>(id).GetAsync(user) is not null || await grains.GetGrain<IUploadGrain>(id).GetInfoAsync(user) is not null;
}
