using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;

namespace Ingestion.Tests.EndToEnd.Status.Framing.Fuzz;

/// <summary>A WebSocket whose client writes bytes of its own under the library, which still reads what the server answers, and is strict about it.</summary>
internal sealed class RawSocket : IDisposable
{
    private readonly ClientWebSocket _socket = new();
    private readonly ArrayBufferWriter<byte> _message = new();
    private readonly SocketsHttpHandler _handler;
    private Socket? _wire;

    private RawSocket() => _handler = new SocketsHttpHandler { ConnectCallback = DialAsync, UseProxy = false };

    public int? CloseCode => (int?)_socket.CloseStatus;

    public static async Task<RawSocket> ConnectAsync(Uri address, string token)
    {
        var raw = new RawSocket();
        raw._socket.Options.AddSubProtocol(StatusClient.Subprotocol);
        raw._socket.Options.SetRequestHeader("Authorization", $"Bearer {token}");
        // Nothing but what the test writes.
        raw._socket.Options.KeepAliveInterval = TimeSpan.Zero;
        using var invoker = new HttpMessageInvoker(raw._handler, disposeHandler: false);
        await raw._socket.ConnectAsync(new UriBuilder(address) { Scheme = "ws", Path = "/ws" }.Uri, invoker, CancellationToken.None);
        return raw;
    }

    /// <summary>Puts bytes on the wire. What a server that has ended already does not take is none of our business.</summary>
    public async Task WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            while (!bytes.IsEmpty)
                bytes = bytes[await _wire!.SendAsync(bytes)..];
        }
        catch (SocketException)
        {
            // Its close frame has the reason, which is read.
        }
    }

    /// <summary>The server's next frame; null at its end.</summary>
    public async Task<Frame?> ReceiveAsync(CancellationToken cancellationToken)
    {
        try
        {
            _message.ResetWrittenCount();
            while (true)
            {
                var received = await _socket.ReceiveAsync(_message.GetMemory(4096), cancellationToken);
                if (received.MessageType is WebSocketMessageType.Close)
                    return null;
                _message.Advance(received.Count);
                if (received.EndOfMessage)
                    return new Frame(JsonSerializer.Deserialize<JsonElement>(_message.WrittenSpan));
            }
        }
        catch (WebSocketException)
        {
            return null;
        }
    }

    /// <summary>Closes its sending side, and still reads.</summary>
    public void Shutdown() => _wire!.Shutdown(SocketShutdown.Send);

    /// <summary>Vanishes: the server gets a reset instead of an end.</summary>
    public void Reset() => _wire!.Close(timeout: 0);

    public void Dispose()
    {
        _socket.Abort();
        _socket.Dispose();
        _handler.Dispose();
    }

    private async ValueTask<Stream> DialAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        _wire = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await _wire.ConnectAsync(IPAddress.Loopback, context.DnsEndPoint.Port, cancellationToken);
        return new NetworkStream(_wire, ownsSocket: true);
    }
}
