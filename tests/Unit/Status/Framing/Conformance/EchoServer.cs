using System.IO.Pipelines;
using System.Net;
using Ingestion.Api.Http.Connections;
using Ingestion.Api.Problems;
using Ingestion.Api.Status.Framing;
using Ingestion.Api.Status.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Ingestion.Tests.Unit.Status.Framing.Conformance;

/// <summary>
/// An echo on the handshake and the framing of <c>/ws</c>, which only tests start: sends each message back, so that messages of any size, binary ones and
/// compressed ones can be compared. With permessage-deflate every message is compressed.
/// </summary>
public sealed class EchoServer : IAsyncLifetime
{
    private const int LongestMessage = 4 * 1024 * 1024;

    private WebApplication? _app;

    public Uri Address => new(_app!.Urls.Single());

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.ConfigureEndpointDefaults(listen => ConnectionTakeover.Offer(listen, TimeProvider.System));
            kestrel.Listen(IPAddress.Loopback, 0);
        });
        _app = builder.Build();
        _app.UseWebSockets();
        _app.MapGet("/echo", AcceptAsync);
        await _app.StartAsync();
    }

    public async Task DisposeAsync()
    {
        if (_app is not null)
            await _app.DisposeAsync();
    }

    private static async Task AcceptAsync(HttpContext context)
    {
        if (HandshakeRules.Refuse(context) is { } refusal)
        {
            await refusal.ExecuteAsync(context);
            return;
        }

        var offers = ExtensionOffers.Read(context.Request.Headers.SecWebSocketExtensions);
        if (offers is null)
        {
            await Problem.WebSocketHandshakeInvalid.ToResult().ExecuteAsync(context);
            return;
        }

        var extensions = DeflateOffer.AnswerTo(offers);
        var connection = (await Handshake.AcceptAsync(context, subprotocol: null, extensions))!;
        await AcceptedRequest.RunAsync(context, connection, () => EchoAsync(connection, extensions is not null));
    }

    private static async Task<bool> EchoAsync(IDuplexPipe connection, bool deflates)
    {
        using var messages = new PipeMessages(connection.Input, LongestMessage, deflates);
        while (await messages.NextAsync() is { } message)
        {
            var (answer, ends) = AnswerTo(message, deflates);
            if (answer is not null)
                await connection.Output.WriteAsync(answer);
            if (ends)
                break;
        }

        return true;
    }

    private static (byte[]? Answer, bool Ends) AnswerTo(ClientMessage message, bool deflates) => message.Kind switch
    {
        MessageKind.Text => (Message(Opcode.Text, message.Payload.Span, deflates), false),
        MessageKind.Binary => (Message(Opcode.Binary, message.Payload.Span, deflates), false),
        MessageKind.Ping => (ServerFrame.Pong(message.Payload.Span), false),
        MessageKind.Pong => (null, false),
        MessageKind.Close => (ServerFrame.Close(PeerClose.AnswerTo(message.Payload.Span)), true),
        MessageKind.NotText => (ServerFrame.Close(CloseCode.NotUtf8), true),
        MessageKind.TooLong => (ServerFrame.Close((CloseCode)1009), true),
        _ => (ServerFrame.Close(CloseCode.ProtocolError), true),
    };

    private static byte[] Message(Opcode opcode, ReadOnlySpan<byte> payload, bool deflates) =>
        ServerFrame.Of(opcode, deflates ? Deflate.Compress(payload) : payload, deflates);
}
