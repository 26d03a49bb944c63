using Ingestion.Videos;

namespace Ingestion.Grains.Videos;

/// <summary>The shares of a video: pure.</summary>
internal static class ShareRules
{
    /// <summary>Shares that have not ended.</summary>
    public static IReadOnlyList<VideoShare> Live(VideoState state, DateTimeOffset now) =>
        state.Visible is null ? [] : [.. state.Shares.Where(share => share.ExpiresAt > now)];

    /// <summary>Adds a share; expired shares are removed by the same write.</summary>
    public static (ShareOutcome Outcome, VideoState Next) Add(VideoState state, string owner, VideoShare share, int most, DateTimeOffset now)
    {
        if (state.Visible is not { } record || record.Owner != owner)
            return (ShareOutcome.NotFound, state);
        var live = Live(state, now);
        return live.Count >= most ? (ShareOutcome.Full, state) : (ShareOutcome.Ok, state with { Shares = [.. live, share] });
    }

    /// <summary>The state without the share; null when there is nothing to change.</summary>
    public static VideoState? Remove(VideoState state, string owner, string shareId, DateTimeOffset now)
    {
        var live = Live(state, now);
        return state.Visible?.Owner == owner && live.Any(share => share.Id == shareId)
            ? state with { Shares = [.. live.Where(share => share.Id != shareId)] }
            : null;
    }
}
