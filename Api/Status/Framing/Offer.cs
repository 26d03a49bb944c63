using System.Globalization;
using Ingestion.Api.Status.Codecs;

namespace Ingestion.Api.Status.Framing;

/// <summary>What a client offers in its handshake, and what of it is taken.</summary>
/// <param name="Codec">The first of its subprotocols that is spoken here; null: none.</param>
/// <param name="Retired">A version of ours that is not spoken here (any more, or yet), where nothing else was offered; otherwise null.</param>
internal readonly record struct Offer(FrameCodec? Codec, string? Retired)
{
    private const string Family = "ingestion.";
    private const string PerMessageDeflate = "permessage-deflate";
    private const string ClientWindow = "client_max_window_bits=";

    /// <summary>The answer's <c>Sec-WebSocket-Extensions</c> when compression is agreed on.</summary>
    public const string DeflateAnswer = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

    public static Offer Of(HttpContext context, bool deflate)
    {
        var protocols = context.WebSockets.WebSocketRequestedProtocols;
        var deflates = deflate && context.Request.Headers.SecWebSocketExtensions.Any(OffersDeflate);
        foreach (var protocol in protocols)
        {
            if (FrameCodec.All.FirstOrDefault(codec => codec.Subprotocol == protocol && codec.Deflates == deflates) is { } codec)
                return new Offer(codec, null);
        }

        return new Offer(null, protocols.FirstOrDefault(protocol => protocol.StartsWith(Family, StringComparison.Ordinal)));
    }

    /// <summary>
    /// Whether one of the offers (RFC 7692, section 7) can be taken as it is: with a smaller window for the server it can't, all else is
    /// either left out of the answer or what we do anyway.
    /// </summary>
    private static bool OffersDeflate(string? extensions)
    {
        foreach (var offer in (extensions ?? "").Split(',', StringSplitOptions.TrimEntries))
        {
            var parameters = offer.Split(';', StringSplitOptions.TrimEntries);
            if (parameters[0].Equals(PerMessageDeflate, StringComparison.OrdinalIgnoreCase) && parameters.Skip(1).All(IsTakable))
                return true;
        }

        return false;
    }

    private static bool IsTakable(string parameter) =>
        parameter is "server_no_context_takeover" or "client_no_context_takeover" or "client_max_window_bits" ||
        (parameter.StartsWith(ClientWindow, StringComparison.Ordinal)
            && int.TryParse(parameter.AsSpan(ClientWindow.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var bits) &&
            bits is >= 8 and <= 15);
}
