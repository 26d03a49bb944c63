using Ingestion.Api.RateLimits;
using Ingestion.Api.Status.Sockets;
using Ingestion.Status;
using Ingestion.Uploads;
using Ingestion.Videos;

namespace Ingestion.Api.Status.Channels;

/// <summary>Whether videos are a user's own.</summary>
internal enum OwnVideosOutcome
{
    /// <summary>All of them are.</summary>
    All,

    /// <summary>One of them is not, or does not exist.</summary>
    NotAll,

    /// <summary>The user has requested too many ids that do not exist; the rest was not looked up.</summary>
    RateLimited,
}

/// <summary>
/// What is a user's own, and may be watched: from the first byte of the upload on, and until the last event about it leaves the journal. A client that
/// was away when a video was deleted must still learn of it on return. Each id that does not exist activates grains for nothing, so such ids are counted.
/// </summary>
internal sealed class OwnVideos(IGrainFactory grains, CallerRates rates)
{
    /// <summary>Whether all of them are those of the <paramref name="caller"/>'s user.</summary>
    public async Task<OwnVideosOutcome> FindAsync(IEnumerable<string> videoIds, SocketCaller caller)
    {
        var (gone, payer) = (new List<string>(), caller.ShareId ?? caller.User);
        var journal = grains.GetGrain<IStatusGrain>(caller.User);
        foreach (var id in videoIds)
        {
            // Taken before the look-up: a caller without permits activates nothing.
            if (!rates.TryTake(RateKind.UnknownId, payer))
                return OwnVideosOutcome.RateLimited;
            if (await ExistsAsync(id, caller.User))
                rates.GiveBack(RateKind.UnknownId, payer, 1);
            else
                gone.Add(id);
            // The first one decides for a caller who makes ids up; the others are then not looked up.
            if (gone.Count == 1 && gone[0] == id && !await journal.KnowsAsync(gone))
                return OwnVideosOutcome.NotAll;
        }

        if (gone.Count == 0)
            return OwnVideosOutcome.All;
        // The rest at once: it reads the whole journal.
        if (gone.Count > 1 && !await journal.KnowsAsync(gone))
            return OwnVideosOutcome.NotAll;
        rates.GiveBack(RateKind.UnknownId, payer, gone.Count);
        return OwnVideosOutcome.All;
    }

    private async Task<bool> ExistsAsync(string id, string user) =>
        await grains.GetGrain<IVideoGrain>(id).GetAsync(user) is not null || await grains.GetGrain<IUploadGrain>(id).GetInfoAsync(user) is not null;
}
