using Ingestion.Videos;

namespace Ingestion.Grains.Videos;

/// <inheritdoc cref="IVideoShares"/>
internal sealed partial class VideoGrain : IVideoShares
{
    public async Task<ShareOutcome> AddShareAsync(string owner, VideoShare share, int most)
    {
        var (outcome, next) = ShareRules.Add(State, owner, share, most, time.GetUtcNow());
        if (outcome is ShareOutcome.Ok)
            await SaveAsync(next);
        return outcome;
    }

    public Task<IReadOnlyList<VideoShare>?> ListSharesAsync(string owner) =>
        Task.FromResult(State.Visible?.Owner == owner ? ShareRules.Live(State, time.GetUtcNow()) : null);

    public async Task<bool> RemoveShareAsync(string owner, string shareId)
    {
        if (ShareRules.Remove(State, owner, shareId, time.GetUtcNow()) is not { } next)
            return false;
        await SaveAsync(next);
        return true;
    }

    public Task<bool> IsSharedAsync(string owner, string shareId) =>
        Task.FromResult(State.Visible?.Owner == owner && ShareRules.Live(State, time.GetUtcNow()).Any(share => share.Id == shareId));
}
