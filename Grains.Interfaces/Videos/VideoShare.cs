namespace Ingestion.Videos;

/// <summary>A share of one video, as it is kept in the video's record. Its token is kept nowhere.</summary>
/// <param name="Id">The <c>jti</c> of its token.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="ExpiresAt">When it ends.</param>
/// <param name="MadeBy">The <c>jti</c> of the token that it was made with; null when that had none. Denying that one ends the share too.</param>
/// <param name="MayPlay">Whether its holder may also play the video.</param>
[GenerateSerializer, Immutable, Alias("ingestion.video-share")]
public sealed record VideoShare(
    [property: Id(0)] string Id, [property: Id(1)] DateTimeOffset CreatedAt, [property: Id(2)] DateTimeOffset ExpiresAt, [property: Id(3)] string? MadeBy,
    [property: Id(4)] bool MayPlay = false);

/// <summary>How sharing went.</summary>
public enum ShareOutcome : byte
{
    /// <summary>The share is stored.</summary>
    Ok = 0,

    /// <summary>There is no such video, or it is another user's.</summary>
    NotFound = 1,

    /// <summary>The video has as many shares as allowed.</summary>
    Full = 2,
}
