using Ingestion.Api.Status.Sockets;
using Ingestion.Videos;

namespace Ingestion.Api.Videos.Links;

/// <summary>Which signed addresses the readers of events get: the owner all, a guest those of a share that allows to play.</summary>
internal sealed class EventMedia(MediaLinks links, OwnerMedia owners, IOptions<MediaLinkOptions> options, IGrainFactory grains)
{
    /// <summary>Those that the caller's events have; null: none.</summary>
    public async ValueTask<IMediaAddresses?> OfAsync(SocketCaller caller)
    {
        if (!options.Value.InEvents)
            return null;
        return caller.IsGuest ? new GuestMedia(links) { Share = await FindShareAsync(caller) } : owners;
    }

    /// <summary>The guest's share; null: it has ended, or does not allow to play.</summary>
    public async Task<VideoShare?> FindShareAsync(SocketCaller caller) =>
        caller is { SharedVideo: { } video, ShareId: { } share } && MediaId.IsValid(video)
        && await grains.GetGrain<IVideoViewing>(video).FindAsync(share) is { Share: { MayPlay: true } found, Record: var record } && record.Owner == caller.User
            ? found
            : null;
}
