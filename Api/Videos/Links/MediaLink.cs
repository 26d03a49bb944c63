using System.Globalization;
using Ingestion.Api.Auth;

namespace Ingestion.Api.Videos.Links;

/// <summary>What a signed address shows: one object of one video, until then.</summary>
/// <param name="VideoId">The video.</param>
/// <param name="Name"><c>source</c> or <c>poster</c>.</param>
/// <param name="Expires">Unix seconds.</param>
/// <param name="Share">The share that it was made by and ends with; null: the owner's.</param>
internal readonly record struct MediaLink(string VideoId, string Name, long Expires, string? Share)
{
    public const string Source = "source";
    public const string Poster = "poster";
}

/// <summary>Makes and reads <c>/media/{id}/{name}?expires=…[&amp;share=…]&amp;signature=…</c>.</summary>
internal sealed class LinkSigner(TokenKeys tokenKeys)
{
    public const string Root = "/media";

    private readonly AddressSigner _signer = new(tokenKeys, "ingestion media link v1");

    /// <summary>Path and query.</summary>
    public string PathOf(MediaLink link) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Root}/{link.VideoId}/{link.Name}?expires={link.Expires}{(link.Share is { } share ? $"&share={share}" : "")}&signature={_signer.Sign(TextOf(link))}");

    /// <summary>Null: the query is none that this service has signed for this object.</summary>
    public MediaLink? Read(string id, string name, IQueryCollection query)
    {
        // One number has one spelling.
        if (!MediaId.IsValid(id) || query["expires"] is not [{ Length: > 0 and < 16 } text] || text[0] == '0'
            || !long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var expires) || query["share"].Count > 1
            || query["signature"] is not [{ } signature])
            return null;
        var link = new MediaLink(id, name, expires, query["share"] is [{ } share] ? share : null);
        return _signer.Verify(TextOf(link), signature) ? link : null;
    }

    private static string TextOf(MediaLink link) => string.Create(CultureInfo.InvariantCulture, $"{link.VideoId}\n{link.Name}\n{link.Expires}\n{link.Share}");
}
