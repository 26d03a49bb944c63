using System.Net;
using System.Net.WebSockets;
using System.Text;
using Ingestion.Api.Http.Connections;
using Ingestion.Api.Status.Framing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Ingestion.Tests.Unit.Status.Framing;

/// <summary>A WebSocket over HTTP/2, as browsers open them where they have such a connection: several at once on one connection.</summary>
public sealed class Http2Tests
{
    [Fact]
    public async Task SocketsEcho_OnStreamsOfOneConnection()
    {
        await using var app = await StartAsync();
        using var client = new HttpMessageInvoker(new SocketsHttpHandler { UseProxy = false });
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        using var first = await ConnectAsync(address, client, deadline.Token);
        using var second = await ConnectAsync(address, client, deadline.Token);
        foreach (var text in (string[])["one", "two"])
        {
            Assert.Equal(text + "!", await EchoAsync(first, text, deadline.Token));
            Assert.Equal(text + "?!", await EchoAsync(second, text + "?", deadline.Token));
        }

        await first.CloseAsync(WebSocketCloseStatus.NormalClosure, null, deadline.Token);
        Assert.Equal("still!", await EchoAsync(second, "still", deadline.Token));
    }

    private static async Task<ClientWebSocket> ConnectAsync(string address, HttpMessageInvoker client, CancellationToken cancellationToken)
    {
        var socket = new ClientWebSocket { Options = { HttpVersion = HttpVersion.Version20, HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact } };
        socket.Options.AddSubProtocol("echo");
        await socket.ConnectAsync(new UriBuilder(address) { Scheme = "ws", Path = "/echo" }.Uri, client, cancellationToken);
        Assert.Equal("echo", socket.SubProtocol);
        return socket;
    }

    private static async Task<string> EchoAsync(ClientWebSocket socket, string text, CancellationToken cancellationToken)
    {
        await socket.SendAsync(Encoding.ASCII.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, cancellationToken);
        var buffer = new byte[100];
        var received = await socket.ReceiveAsync(buffer, cancellationToken);
        return Encoding.ASCII.GetString(buffer, 0, received.Count);
    }

    private static async Task<WebApplication> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.ConfigureEndpointDefaults(listen => ConnectionTakeover.Offer(listen, TimeProvider.System));
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
        });
        var app = builder.Build();
        app.UseWebSockets();
        app.MapMethods("/echo", [HttpMethods.Get, HttpMethods.Connect], AcceptAsync);
        await app.StartAsync();
        return app;
    }

    private static async Task AcceptAsync(HttpContext context)
    {
        Assert.True(context.WebSockets.IsWebSocketRequest);
        var connection = (await Handshake.AcceptAsync(context, "echo", extensions: null))!;
        Assert.False(ConnectionTakeover.TryContinue(context, connection, () => Task.FromResult(true)));
        using var messages = new PipeMessages(connection.Input, 1000);
        while (await messages.NextAsync() is { Kind: MessageKind.Text } message)
            await connection.Output.WriteAsync(ServerFrame.Of(Opcode.Text, [.. message.Payload.Span, (byte)'!']));
        await connection.Output.WriteAsync(ServerFrame.Close(Api.Status.Sockets.CloseCode.Normal));
    }
}
