using Ingestion.Api.Http;
using Ingestion.Videos;

namespace Ingestion.Api.Videos.Links;

/// <summary>The addresses of a video's objects.</summary>
/// <param name="Source">Of its bytes.</param>
/// <param name="Poster">Of its still; null: there is none.</param>
/// <param name="Expires">When both end.</param>
internal sealed record MediaAddresses(string Source, string? Poster, DateTimeOffset Expires);

/// <summary>Makes addresses that show a video without a token.</summary>
internal sealed class MediaLinks(LinkSigner signer, IOptions<MediaLinkOptions> options, TimeProvider time)
{
    /// <summary>
    /// Addresses stay the same for so long, so that a browser finds what it has; and a denial of their owner hits those that are made within that time after it.
    /// </summary>
    public static readonly TimeSpan Step = TimeSpan.FromMinutes(1);

    private readonly TimeSpan _lifetime = options.Value.Lifetime;

    /// <summary>Those of a record for its owner; or for a guest by a share, with which they end.</summary>
    public MediaAddresses Of(HttpContext context, VideoRecord record, VideoShare? share = null)
    {
        var seconds = ((time.GetUtcNow().ToUnixTimeSeconds() / (long)Step.TotalSeconds) + 1) * (long)Step.TotalSeconds;
        var expires = seconds + (long)_lifetime.TotalSeconds;
        if (share is not null)
            expires = Math.Min(expires, share.ExpiresAt.ToUnixTimeSeconds());
        string AddressOf(string name) => context.PublicAddressOf(signer.PathOf(new MediaLink(record.Id, name, expires, share?.Id)));
        return new MediaAddresses(
            AddressOf(MediaLink.Source), record.HasPoster ? AddressOf(MediaLink.Poster) : null, DateTimeOffset.FromUnixTimeSeconds(expires));
    }

    /// <summary>When the address may have been made, at the earliest.</summary>
    public long EarliestIssue(MediaLink link) => link.Expires - (long)(_lifetime + Step).TotalSeconds;
}

/// <summary>What the documents of a request begin their links with, and sign them by.</summary>
internal static class MediaLinksOfRequest
{
    public static MediaAddresses MediaOf(this HttpContext context, VideoRecord record) =>
        context.RequestServices.GetRequiredService<MediaLinks>().Of(context, record);
}
