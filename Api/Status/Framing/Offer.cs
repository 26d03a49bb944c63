using Ingestion.Api.Status.Codecs;

namespace Ingestion.Api.Status.Framing;

/// <summary>What a client offers in its handshake, and what of it is taken.</summary>
/// <param name="Codec">The first of its subprotocols that is spoken here; null: none.</param>
/// <param name="Retired">A version of ours that is not spoken here (any more, or yet), where nothing else was offered; otherwise null.</param>
/// <param name="Extensions">The answer's <c>Sec-WebSocket-Extensions</c>; null: no extension is agreed on.</param>
/// <param name="IsWellFormed">False: the extensions break the grammar, and RFC 6455 (section 9.1) has the handshake fail.</param>
internal readonly record struct Offer(FrameCodec? Codec, string? Retired, string? Extensions = null, bool IsWellFormed = true)
{
    private const string Family = "ingestion.";

    /// <summary>The subprotocol of the answer; null: there is none that both know.</summary>
    public string? Subprotocol => Codec?.Subprotocol ?? Retired;

    public static Offer Of(HttpContext context, bool deflate)
    {
        var protocols = context.WebSockets.WebSocketRequestedProtocols;
        if (ExtensionOffers.Read(context.Request.Headers.SecWebSocketExtensions) is not { } extensions)
            return new Offer(null, null, IsWellFormed: false);
        var answer = deflate ? DeflateOffer.AnswerTo(extensions) : null;
        foreach (var protocol in protocols)
        {
            if (FrameCodec.All.FirstOrDefault(codec => codec.Subprotocol == protocol && codec.Deflates == answer is not null) is { } codec)
                return new Offer(codec, null, answer);
        }

        return new Offer(null, protocols.FirstOrDefault(protocol => protocol.StartsWith(Family, StringComparison.Ordinal)), answer);
    }
}
