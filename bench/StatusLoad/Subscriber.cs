using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace Ingestion.Bench.StatusLoad;

/// <summary>One user's socket, by default subscribed to all of the user's events; it acknowledges as a client should.</summary>
internal sealed class Subscriber(Uri url, string token, string channels = """["user"]""") : IDisposable
{
    private readonly byte[] _buffer = new byte[8 * 1024];
    private ClientWebSocket _socket = new();

    /// <summary>The last cursor it has.</summary>
    public string? Cursor { get; private set; }

    /// <summary>Connects and subscribes from the last cursor on.</summary>
    public async Task SubscribeAsync(HttpMessageInvoker handler)
    {
        _socket.Dispose();
        _socket = new ClientWebSocket { Options = { CollectHttpResponseDetails = true } };
        _socket.Options.AddSubProtocol("ingestion.v1");
        _socket.Options.SetRequestHeader("Authorization", "Bearer " + token);
        await _socket.ConnectAsync(new UriBuilder(url) { Scheme = "ws", Path = "/ws" }.Uri, handler, CancellationToken.None);
        await SendAsync(Cursor is null
            ? $$"""{"op":"sub","id":1,"ch":{{channels}}}"""
            : $$"""{"op":"sub","id":1,"ch":{{channels}},"since":"{{Cursor}}"}""");
        while (await NextAsync() is { } frame)
        {
            var op = frame.GetProperty("op").GetString();
            if (op == "snap")
                Cursor = frame.GetProperty("cur").GetString();
            if (op == "snap" || (op == "subd" && frame.GetProperty("mode").GetString() == "replay"))
                return;
        }
    }

    /// <summary>How long the server, when it refused the last connection, wants to be left alone.</summary>
    public TimeSpan? RetryAfter =>
        _socket.HttpResponseHeaders?.TryGetValue("Retry-After", out var values) is true && int.TryParse(values.First(), out var seconds)
            ? TimeSpan.FromSeconds(seconds)
            : null;

    /// <summary>Ends the connection from another thread.</summary>
    public void Abort() => _socket.Abort();

    /// <summary>Takes frames until the connection ends; events with the time at which they came. It rests for <paramref name="pause"/> after each.</summary>
    public async Task ReadAsync(Action<JsonElement, long> taken, TimeSpan pause = default)
    {
        try
        {
            while (await NextAsync() is { } frame)
            {
                var now = Stopwatch.GetTimestamp();
                switch (frame.GetProperty("op").GetString())
                {
                    case "ping":
                        await SendAsync("""{"op":"pong"}""");
                        break;
                    case "evt":
                        taken(frame, now);
                        if (!frame.TryGetProperty("cur", out var cursor))
                            break;
                        Cursor = cursor.GetString();
                        await SendAsync($$"""{"op":"ack","cur":"{{Cursor}}"}""");
                        break;
                }

                if (pause > TimeSpan.Zero)
                    await Task.Delay(pause);
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The silo has gone, or this side has ended it.
        }
    }

    public void Dispose() => _socket.Dispose();

    private async Task<JsonElement?> NextAsync()
    {
        var length = 0;
        while (true)
        {
            var received = await _socket.ReceiveAsync(_buffer.AsMemory(length), CancellationToken.None);
            if (received.MessageType is WebSocketMessageType.Close)
                return null;
            length += received.Count;
            if (received.EndOfMessage)
                return JsonDocument.Parse(_buffer.AsMemory(0, length)).RootElement.Clone();
        }
    }

    private ValueTask SendAsync(string frame) => _socket.SendAsync(
        Encoding.UTF8.GetBytes(frame).AsMemory(), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
}
