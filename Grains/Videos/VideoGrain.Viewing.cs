using Ingestion.Videos;

namespace Ingestion.Grains.Videos;

/// <inheritdoc cref="IVideoViewing"/>
internal sealed partial class VideoGrain : IVideoViewing
{
    Task<ViewedVideo?> IVideoViewing.FindAsync(string? shareId)
    {
        var share = shareId is null ? null : ShareRules.Live(State, time.GetUtcNow()).FirstOrDefault(share => share.Id == shareId);
        return Task.FromResult(State.Visible is { } record && (shareId is null) == (share is null) ? new ViewedVideo(record, share) : null);
    }
}
