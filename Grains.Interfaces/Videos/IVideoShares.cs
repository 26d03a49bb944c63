using Orleans.Concurrency;

namespace Ingestion.Videos;

/// <summary>
/// The shares of one video, a part of its record. Key: the video id; the grain is that of <see cref="IVideoGrain"/>. A share counts only while it
/// stands here, so it ends with its removal, with its time and with its video.
/// </summary>
[Alias("ingestion.video-shares"), GrainInterfaceType("ingestion.video-shares")]
public interface IVideoShares : IGrainWithStringKey
{
    /// <summary>Stores a share, unless there are <paramref name="most"/> that have not ended.</summary>
    [Alias("add")]
    Task<ShareOutcome> AddShareAsync(string owner, VideoShare share, int most);

    /// <summary>Shares that have not ended, oldest first; null when there is no such video, or it is not the <paramref name="owner"/>'s.</summary>
    [Alias("list"), ReadOnly]
    Task<IReadOnlyList<VideoShare>?> ListSharesAsync(string owner);

    /// <summary>Ends a share. False when there is none, or the video is not the <paramref name="owner"/>'s.</summary>
    [Alias("remove")]
    Task<bool> RemoveShareAsync(string owner, string shareId);

    /// <summary>Whether a share of the <paramref name="owner"/>'s video has not ended.</summary>
    [Alias("is-shared"), ReadOnly]
    Task<bool> IsSharedAsync(string owner, string shareId);
}
