using System.Buffers.Text;
using Ingestion.Api.Problems;
using Microsoft.AspNetCore.Http.Features;

namespace Ingestion.Api.Status.Framing;

/// <summary>Which requests are a WebSocket's handshake (RFC 6455, section 4.2.1), and what the others get (RFC 9110, section 15.5.22).</summary>
internal static class HandshakeRules
{
    private const string Version = "13";
    private const int KeyBytes = 16;

    /// <summary>
    /// Null when it is one. Otherwise the refusal, whose fields are set: a 426 names the protocol, and each refusal the version, so that the client knows
    /// what to request.
    /// </summary>
    public static ProblemResult? Refuse(HttpContext context)
    {
        var refusal = Check(context);
        if (refusal is null)
            return null;
        var headers = context.Response.Headers;
        headers.SecWebSocketVersion = Version;
        // Fields of the connection; HTTP/2 has none of them (RFC 9113, section 8.2.2).
        if (HttpProtocol.IsHttp11(context.Request.Protocol) || HttpProtocol.IsHttp10(context.Request.Protocol))
            (headers.Upgrade, headers.Connection) = ("websocket", "Upgrade");
        return refusal;
    }

    /// <summary>Whether the request is one.</summary>
    public static bool IsMet(HttpContext context) => Check(context) is null;

    /// <summary>Whether the request means to become a WebSocket, rightly or not.</summary>
    public static bool IsAttempt(HttpContext context) => context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true }
        || (HttpMethods.IsGet(context.Request.Method) && Has(context.Request.Headers.Upgrade, "websocket"));

    private static ProblemResult? Check(HttpContext context)
    {
        var (request, headers) = (context.Request, context.Request.Headers);
        if (!IsAttempt(context))
            return Problem.WebSocketExpected.ToResult();
        if (headers.SecWebSocketVersion is not [Version])
            return Problem.WebSocketVersionUnsupported.ToResult();
        if (context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true })
            return context.WebSockets.IsWebSocketRequest ? null : Problem.WebSocketExpected.ToResult();
        // The server would upgrade an HTTP/1.0 request, too.
        if (!HttpProtocol.IsHttp11(request.Protocol) || !Has(headers.Connection, "Upgrade")
            || context.Features.Get<IHttpUpgradeFeature>() is not { IsUpgradableRequest: true })
            return Problem.WebSocketExpected.ToResult();
        return headers.SecWebSocketKey is [{ } key] && IsKey(key) ? null
            : Problem.WebSocketHandshakeInvalid.ToResult("Sec-WebSocket-Key must be the base64 of 16 bytes, once.");
    }

    private static bool IsKey(string text) => Base64.IsValid(text, out var bytes) && bytes == KeyBytes && !text.AsSpan().ContainsAny(" \t");

    private static bool Has(IEnumerable<string?> fields, string token) => fields.Any(field => (field ?? "").Split(',', StringSplitOptions.TrimEntries)
        .Contains(token, StringComparer.OrdinalIgnoreCase));
}
