using Orleans.Concurrency;

namespace Ingestion.Videos;

/// <summary>
/// A video for a viewer who is not its owner. The caller has checked the signed address, or the token of the share. Key: the video id; the grain is that of
/// <see cref="IVideoGrain"/>.
/// </summary>
[Alias("ingestion.video-viewing"), GrainInterfaceType("ingestion.video-viewing")]
public interface IVideoViewing : IGrainWithStringKey
{
    /// <summary>The video, with the share of that id; null when there is none, or <paramref name="shareId"/> names a share that has ended.</summary>
    [Alias("find"), ReadOnly]
    Task<ViewedVideo?> FindAsync(string? shareId);
}

/// <summary>A video as its viewers find it.</summary>
/// <param name="Record">Its record.</param>
/// <param name="Share">The share that was named; null: none was.</param>
[GenerateSerializer, Immutable, Alias("ingestion.viewed-video")]
public sealed record ViewedVideo([property: Id(0)] VideoRecord Record, [property: Id(1)] VideoShare? Share);
