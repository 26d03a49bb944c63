using Ingestion.Videos;

namespace Ingestion.Api.Videos.Links;

/// <summary>Addresses for the owner of a video.</summary>
internal sealed class OwnerMedia(MediaLinks links, IOptions<MediaLinkOptions> options) : IMediaAddresses
{
    private readonly bool _isOn = options.Value.InEvents;

    public MediaAddresses? Of(string root, string videoId, bool hasPoster) => _isOn ? links.Of(root, videoId, hasPoster) : null;
}

/// <summary>Addresses for a guest, which end with the share.</summary>
internal sealed class GuestMedia(MediaLinks links) : IMediaAddresses
{
    private volatile VideoShare? _share;

    /// <summary>The share that allows to play; null: it does not.</summary>
    public VideoShare? Share
    {
        get => _share;
        set => _share = value;
    }

    public MediaAddresses? Of(string root, string videoId, bool hasPoster) => Share is { } share ? links.Of(root, videoId, hasPoster, share) : null;
}
