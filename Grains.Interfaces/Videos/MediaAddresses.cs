namespace Ingestion.Videos;

/// <summary>Addresses that show the objects of a video without a token: anyone with one can use it.</summary>
/// <param name="Source">Of its bytes.</param>
/// <param name="Poster">Of its still; null: there is none.</param>
/// <param name="Expires">When both end.</param>
public sealed record MediaAddresses(string Source, string? Poster, DateTimeOffset Expires);

/// <summary>
/// Signs the addresses that an event has of its video for one kind of reader. They are signed as the event is written out and stored nowhere, so that a replay
/// has fresh ones.
/// </summary>
public interface IMediaAddresses
{
    /// <summary>Those of a video. All that it makes for one <paramref name="root"/>, with a poster or all without, are equally long.</summary>
    /// <param name="root">What they begin with: scheme and host, or nothing.</param>
    /// <param name="videoId">The video.</param>
    /// <param name="hasPoster">Whether there is a poster.</param>
    /// <returns>Null: the reader gets none.</returns>
    MediaAddresses? Of(string root, string videoId, bool hasPoster);
}
