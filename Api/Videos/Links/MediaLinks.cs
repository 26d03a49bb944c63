using Ingestion.Api.Http;
using Ingestion.Videos;

namespace Ingestion.Api.Videos.Links;

/// <summary>Makes addresses that show a video without a token.</summary>
internal sealed class MediaLinks(LinkSigner signer, IOptions<MediaLinkOptions> options, TimeProvider time)
{
    /// <summary>
    /// Addresses stay the same for so long, so that a browser finds what it has; and a denial of their owner hits those that are made within that time
    /// after it.
    /// </summary>
    public static readonly TimeSpan Step = TimeSpan.FromMinutes(1);

    // An event is written for each of the sockets that get it, at about the same time. A quarter of a megabyte.
    private const int Remembered = 256;

    private readonly TimeSpan _lifetime = options.Value.Lifetime;
    private readonly Made?[] _made = new Made?[Remembered];

    /// <summary>Those of a record for its owner; or for a guest by a share, with which they end.</summary>
    public MediaAddresses Of(HttpContext context, VideoRecord record, VideoShare? share = null) =>
        Of(context.PublicAddressOf(""), record.Id, record.HasPoster, share);

    /// <summary>Those of a video, which begin with <paramref name="root"/>. They are signed once for as long as they stay the same.</summary>
    public MediaAddresses Of(string root, string videoId, bool hasPoster, VideoShare? share = null)
    {
        var wanted = (root, videoId, hasPoster, share?.Id, ExpiryOf(share));
        ref var place = ref _made[(uint)HashCode.Combine(videoId, share?.Id) % Remembered];
        if (Volatile.Read(ref place) is { } made && made.For == wanted)
            return made.Addresses;
        var addresses = Sign(root, videoId, hasPoster, share?.Id, ExpiryOf(share));
        Volatile.Write(ref place, new Made(wanted, addresses));
        return addresses;
    }

    /// <summary>When the address may have been made, at the earliest.</summary>
    public long EarliestIssue(MediaLink link) => link.Expires - (long)(_lifetime + Step).TotalSeconds;

    private long ExpiryOf(VideoShare? share)
    {
        var seconds = ((time.GetUtcNow().ToUnixTimeSeconds() / (long)Step.TotalSeconds) + 1) * (long)Step.TotalSeconds;
        var expires = seconds + (long)_lifetime.TotalSeconds;
        return share is null ? expires : Math.Min(expires, share.ExpiresAt.ToUnixTimeSeconds());
    }

    private MediaAddresses Sign(string root, string videoId, bool hasPoster, string? share, long expires)
    {
        string AddressOf(string name) => root + signer.PathOf(new MediaLink(videoId, name, expires, share));
        return new MediaAddresses(
            AddressOf(MediaLink.Source), hasPoster ? AddressOf(MediaLink.Poster) : null, DateTimeOffset.FromUnixTimeSeconds(expires));
    }

    private sealed record Made((string Root, string VideoId, bool HasPoster, string? Share, long Expires) For, MediaAddresses Addresses);
}

/// <summary>What the documents of a request begin their links with, and sign them by.</summary>
internal static class MediaLinksOfRequest
{
    public static MediaAddresses MediaOf(this HttpContext context, VideoRecord record) =>
        context.RequestServices.GetRequiredService<MediaLinks>().Of(context, record);
}
