using System.IO.Pipelines;
using System.Security.Cryptography;
using System.Text;
using Ingestion.Api.Status.Codecs;
using Ingestion.Videos;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace Ingestion.Api.Status.Framing;

/// <summary>
/// Takes a WebSocket request (RFC 6455, section 4.2) and hands out the connection's own pipe: what is sent to many sockets is encoded and
/// framed once, which the framework's WebSocket can't do, and nothing is held for a socket that is idle. Browsers that talk HTTP/2 to us anyway
/// open one there by an extended CONNECT (RFC 8441), and get a pipe over its stream.
/// </summary>
internal static class Handshake
{
    private const string Guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    /// <summary>
    /// Null when the connection can't become a WebSocket. The request has been checked to request one, and <paramref name="subprotocol"/> and
    /// <paramref name="extensions"/>, which are null where there are none.
    /// </summary>
    public static async Task<IDuplexPipe?> AcceptAsync(HttpContext context, string? subprotocol, string? extensions)
    {
        if (context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true } connect)
        {
            Answer(context, subprotocol, extensions);
            return new StreamPipe(await connect.AcceptAsync());
        }

        var upgrade = context.Features.Get<IHttpUpgradeFeature>();
        if (upgrade is not { IsUpgradableRequest: true } || context.Features.Get<IConnectionTransportFeature>() is not { } transport)
            return null;
        var headers = context.Response.Headers;
        headers.Upgrade = "websocket";
        headers.SecWebSocketAccept = AcceptOf(context.Request.Headers.SecWebSocketKey.ToString().Trim());
        Answer(context, subprotocol, extensions);
        // The stream that it gives lies over this pipe; from here on nothing else reads or writes it.
        await upgrade.UpgradeAsync();
        return transport.Transport;
    }

    internal static string AcceptOf(string key)
    {
#pragma warning disable CA5350 // The protocol's own, and no secret depends on it.
        return Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + Guid)));
#pragma warning restore CA5350
    }

    private static void Answer(HttpContext context, string? subprotocol, string? extensions)
    {
        if (subprotocol is not null)
            context.Response.Headers.SecWebSocketProtocol = subprotocol;
        if (extensions is not null)
            context.Response.Headers.SecWebSocketExtensions = extensions;
    }
}

/// <summary>A pipe over a stream.</summary>
internal sealed class StreamPipe(Stream stream) : IDuplexPipe
{
    public PipeReader Input { get; } = PipeReader.Create(stream);

    public PipeWriter Output { get; } = PipeWriter.Create(stream);
}

/// <summary>A connection that has become a WebSocket.</summary>
/// <param name="Connection">Its own pipe.</param>
/// <param name="Codec">What is spoken on it.</param>
/// <param name="Media">Signs the addresses in its events; null: there are none.</param>
internal readonly record struct AcceptedSocket(IDuplexPipe Connection, FrameCodec Codec, IMediaAddresses? Media);
