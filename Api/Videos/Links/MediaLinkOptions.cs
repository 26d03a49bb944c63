using System.ComponentModel.DataAnnotations;

namespace Ingestion.Api.Videos.Links;

/// <summary>Addresses by which pages show a video without a token. Section <c>Ingestion:Links</c>.</summary>
public sealed class MediaLinkOptions
{
    /// <summary>How long such an address is good at least, in seconds; it may be a minute more.</summary>
    [Range(60, 6 * 86_400)]
    public int LifetimeSeconds { get; set; } = 3_600;

    /// <summary>
    /// Whether an owner's address leads on to the object store, so that the bytes do not pass the silo. Needs the store <c>s3</c>. What is given out then
    /// can't be taken back before it expires.
    /// </summary>
    public bool Direct { get; set; }

    /// <summary>Whether events have such addresses too, for those who may play the video.</summary>
    public bool InEvents { get; set; } = true;

    internal TimeSpan Lifetime => TimeSpan.FromSeconds(LifetimeSeconds);
}
