using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;

namespace Ingestion.Tests.Integration.Infrastructure;

/// <summary>
/// One WebSocket, for one task. It reads only on the test's call, so that a test is a slow reader by doing nothing. Pings are answered on
/// the way.
/// </summary>
internal sealed class SocketClient : IAsyncDisposable
{
    // What lies in it counts as sent though it was not read. By default that is megabytes.
    private const int ReceiveBufferBytes = 4 * 1024;

    private static readonly HttpMessageInvoker _dialer = new(new SocketsHttpHandler { ConnectCallback = DialAsync, UseProxy = false });

    private readonly ClientWebSocket _socket = new();
    private readonly ArrayBufferWriter<byte> _message = new();

    private SocketClient()
    {
    }

    /// <summary>Code of the server's close frame; null when there was none.</summary>
    public int? CloseCode => (int?)_socket.CloseStatus;

    /// <summary>Throws <see cref="WebSocketException"/> when the host takes none.</summary>
    public static async Task<SocketClient> ConnectAsync(ApiHost host, string token)
    {
        var client = new SocketClient();
        client._socket.Options.AddSubProtocol("ingestion.v1");
        client._socket.Options.SetRequestHeader("Authorization", $"Bearer {token}");
        using var deadline = new CancellationTokenSource(Eventually.Deadline);
        try
        {
            await client._socket.ConnectAsync(new UriBuilder(host.Address) { Scheme = "ws", Path = "/ws" }.Uri, _dialer, deadline.Token);
            return client;
        }
        catch
        {
            await client.DisposeAsync();
            throw;
        }
    }

    /// <summary>Connects and takes the hello.</summary>
    public static async Task<SocketClient> GreetedAsync(ApiHost host, string token)
    {
        var client = await ConnectAsync(host, token);
        await client.NextAsync("hello");
        return client;
    }

    public Task SendAsync(object frame) => SendAsync(JsonSerializer.SerializeToUtf8Bytes(frame));

    /// <summary>Subscribes; the answer, which must be <c>subd</c>.</summary>
    public async Task<Frame> SubscribeAsync(string[] channels, string? since = null)
    {
        await SendAsync(new { op = "sub", id = 1, ch = channels, since });
        return await NextAsync("subd");
    }

    /// <summary>The next frame that is not progress, which must have this op.</summary>
    public async Task<Frame> NextAsync(string op)
    {
        using var deadline = new CancellationTokenSource(Eventually.Deadline);
        var frame = await ReceiveAsync(deadline.Token);
        while (frame is { Op: "evt", Cursor: null } && op != "evt")
            frame = await ReceiveAsync(deadline.Token);
        if (frame is null || frame.Op != op)
            Assert.Fail($"Expected {op}, got {frame?.ToString() ?? $"the end, with close code {CloseCode}"}.");
        return frame;
    }

    /// <summary>The next frame; null when the socket has ended, or by <paramref name="cancellationToken"/>, which ends it.</summary>
    public async Task<Frame?> ReceiveAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (await ReadAsync(cancellationToken) is { } frame)
            {
                if (frame.Op != "ping")
                    return frame;
                if (_socket.State is WebSocketState.Open)
                    await SendAsync(new { op = "pong", ts = frame.Number("ts") });
            }

            if (_socket.State is WebSocketState.CloseReceived)
                await _socket.CloseOutputAsync(_socket.CloseStatus!.Value, statusDescription: null, CancellationToken.None);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException)
        {
            // Broken off on one side or the other.
        }

        return null;
    }

    /// <summary>Waits for the end; the server's close code.</summary>
    public async Task<int?> EndAsync()
    {
        using var deadline = new CancellationTokenSource(Eventually.Deadline);
        while (await ReceiveAsync(deadline.Token) is not null)
            continue;
        Assert.False(deadline.IsCancellationRequested, "The server does not end it.");
        return CloseCode;
    }

    /// <summary>Closes as a client should, and waits for the server's answer.</summary>
    public async Task CloseAsync()
    {
        await CloseOutputAsync();
        await EndAsync();
    }

    /// <summary>Closes its sending side, while another task keeps reading.</summary>
    public Task CloseOutputAsync() => _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, statusDescription: null, CancellationToken.None);

    public ValueTask DisposeAsync()
    {
        _socket.Abort();
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task SendAsync(byte[] json)
    {
        using var deadline = new CancellationTokenSource(Eventually.Deadline);
        await _socket.SendAsync(json.AsMemory(), WebSocketMessageType.Text, endOfMessage: true, deadline.Token);
    }

    private async Task<Frame?> ReadAsync(CancellationToken cancellationToken)
    {
        _message.ResetWrittenCount();
        while (true)
        {
            var received = await _socket.ReceiveAsync(_message.GetMemory(1024), cancellationToken);
            if (received.MessageType is WebSocketMessageType.Close)
                return null;
            _message.Advance(received.Count);
            if (received.EndOfMessage)
                return new Frame(JsonSerializer.Deserialize<JsonElement>(_message.WrittenSpan));
        }
    }

    private static async ValueTask<Stream> DialAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveBufferSize = ReceiveBufferBytes };
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, context.DnsEndPoint.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
