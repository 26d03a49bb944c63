using Ingestion.Api.Auth;
using Ingestion.Api.Problems;
using Ingestion.Api.RateLimits;
using Ingestion.Uploads;
using Ingestion.Videos;

namespace Ingestion.Api.Videos.Links;

/// <summary>
/// Shows an object by its signed address, for as long as its video is there, its share stands and its owner is not denied. The signature is the authorisation,
/// and is looked at before anything else is.
/// </summary>
internal sealed class LinkedMedia
{
    // A browser may show what it has for so long after the share has ended.
    private const int LongestCachedSeconds = 300;

    private readonly IGrainFactory _grains;
    private readonly IObjectStore _store;
    private readonly IPresignedReads? _presigned;
    private readonly LinkSigner _signer;
    private readonly MediaLinks _links;
    private readonly CallerRates _rates;
    private readonly DeniedTokens? _denied;
    private readonly TimeProvider _time;

    public LinkedMedia(IGrainFactory grains, IObjectStore store, LinkSigner signer, MediaLinks links, CallerRates rates, IOptions<MediaLinkOptions> options,
        TimeProvider time, DeniedTokens? denied = null, IPresignedReads? presigned = null)
    {
        (_grains, _store, _signer, _links, _rates, _denied, _time) = (grains, store, signer, links, rates, denied, time);
        if (!options.Value.Direct)
            return;
        _presigned = presigned ?? throw new InvalidOperationException("Ingestion:Links:Direct needs the object store s3 (Ingestion:Store).");
    }

    public async Task<IResult> ShowAsync(HttpContext context, string id, string name)
    {
        if (_signer.Read(id, name, context.Request.Query) is not { } link)
            return (_rates.Take(context, RateKind.Refusal) ?? Problem.UrlInvalid).ToResult();
        var now = _time.GetUtcNow();
        if (now.ToUnixTimeSeconds() >= link.Expires)
            return (_rates.Take(context, RateKind.Refusal) ?? Problem.UrlExpired).ToResult();
        if (await _grains.GetGrain<IVideoViewing>(id).FindAsync(link.Share) is not { } found || found.Share is { MayPlay: false })
            return Problem.NotFound.ToResult();
        if (_denied is { IsKnown: false })
            return Problem.Unavailable.ToResult();
        if (_denied?.Denies(IdentityOf(link, found)) is true)
            return Problem.UrlInvalid.ToResult();
        if (name == MediaLink.Poster && !found.Record.HasPoster)
            return Problem.NotFound.ToResult();
        AllowPages(context);
        return await ResultAsync(context, link, found.Record, $"private, max-age={Math.Min(link.Expires - now.ToUnixTimeSeconds(), LongestCachedSeconds)}");
    }

    /// <summary>An address of the store can't be taken back, so what a share shows passes here. It is signed for GET alone.</summary>
    private async Task<IResult> ResultAsync(HttpContext context, MediaLink link, VideoRecord record, string cacheControl)
    {
        var (key, type, fileName) = link.Name == MediaLink.Source
            ? (ObjectKey.Source(record.Id), record.ContentType, record.FileName)
            : (ObjectKey.Poster(record.Id), "image/jpeg", null);
        if (_presigned is null || link.Share is not null || !HttpMethods.IsGet(context.Request.Method))
            return new ObjectResult(_store, key, type, fileName, link.Name == MediaLink.Source ? record.Sha256 : null) { CacheControl = cacheControl };
        var address = await _presigned.PresignReadAsync(
            key, new ReadForm(type, ObjectResult.DispositionOf(fileName)), DateTimeOffset.FromUnixTimeSeconds(link.Expires), context.RequestAborted);
        context.Response.Headers.CacheControl = cacheControl;
        return TypedResults.Redirect(address.AbsoluteUri, permanent: false, preserveMethod: true);
    }

    private TokenIdentity IdentityOf(MediaLink link, ViewedVideo found) => new(
        found.Record.Owner, TokenIdentity.NumberOf(found.Share?.Id), TokenIdentity.NumberOf(found.Share?.MadeBy),
        found.Share?.CreatedAt.ToUnixTimeSeconds() ?? _links.EarliestIssue(link));

    /// <summary>Pages of any origin: the address is the right, and no cookie adds to it.</summary>
    private static void AllowPages(HttpContext context) => context.Response.OnStarting(
        static state =>
        {
            var headers = ((HttpContext)state).Response.Headers;
            headers.AccessControlAllowOrigin = "*";
            headers.AccessControlExposeHeaders = "Accept-Ranges, Content-Range, Content-Length, ETag";
            headers["Cross-Origin-Resource-Policy"] = "cross-origin";
            // Addresses with a signature are not to be handed on.
            headers["Referrer-Policy"] = "no-referrer";
            return Task.CompletedTask;
        },
        context);
}
