using Ingestion.Videos;

namespace Ingestion.Grains.Videos;

/// <summary>Changes by the owner, and the list by external id that follows them.</summary>
internal sealed partial class VideoGrain
{
    public async Task<VideoChangeResult> ChangeAsync(string owner, VideoChange change)
    {
        var result = ChangeRules.Apply(State, owner, change, time.GetUtcNow(), out var next);
        if (ReferenceEquals(next, State))
            return result;
        var (before, after) = (State.Record!.Caller?.ExternalId, next.Record!.Caller?.ExternalId);
        if (before != after)
        {
            // Listed before it is stored, and taken off the old list afterwards: a list may name a video too much, never one too few.
            if (before is not null)
                next = next with { Unlisted = [.. next.Unlisted, new ListedAs(before, State.ExternalPosition)] };
            next = next with { ExternalPosition = after is null ? 0 : await ExternalList(owner, after).AddAsync(Id) };
        }

        // The event, and the old list, are found again after a crash.
        await ListAsync();
        await SaveAsync(next);
        await FlushAsync();
        return result;
    }

    /// <summary>Takes the video off the lists of external ids that it has no more.</summary>
    private async Task UnlistAsync()
    {
        if (State.Unlisted.Count == 0)
            return;
        foreach (var old in State.Unlisted)
        {
            // It may have the id again.
            if (old.ExternalId != State.Record!.Caller?.ExternalId || old.Position != State.ExternalPosition)
                await ExternalList(State.Record.Owner, old.ExternalId).RemoveAsync(old.Position, Id);
        }

        await SaveAsync(State with { Unlisted = [] });
    }

    private IExternalIdGrain ExternalList(string owner, string externalId) =>
        GrainFactory.GetGrain<IExternalIdGrain>(ExternalIds.KeyOf(owner, externalId));
}
