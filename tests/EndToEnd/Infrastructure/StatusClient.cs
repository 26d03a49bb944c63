using System.Buffers;
using System.Net.WebSockets;
using System.Text;
using System.Threading.Channels;

namespace Ingestion.Tests.EndToEnd.Infrastructure;

/// <summary>A subscriber: one WebSocket, its frames in the order in which they came. Pings are answered by default.</summary>
internal sealed class StatusClient : IAsyncDisposable
{
    public const string Subprotocol = "ingestion.v1";

    private readonly ClientWebSocket _socket = new();
    private readonly Channel<Frame> _frames = Channel.CreateUnbounded<Frame>();
    private readonly List<string> _transcript = [];
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly bool _answersPings;
    private Task _reading = Task.CompletedTask;
    private ApiClient? _api;
    private long _barrier;
    private long _taken;
    private bool _receivesAll;

    private StatusClient(bool answersPings) => _answersPings = answersPings;

    /// <summary>How many pings have come.</summary>
    public int Pings { get; private set; }

    /// <summary>The cursor of the newest ping.</summary>
    public string? Place { get; private set; }

    public string? NegotiatedSubprotocol => _socket.SubProtocol;

    /// <summary>Code of the server's close frame; null when there was none.</summary>
    public int? CloseCode => (int?)_socket.CloseStatus;

    public static async Task<StatusClient> ConnectAsync(ApiClient api, bool answersPings = true)
    {
        var client = await ConnectAsync(api.Address, socket =>
        {
            socket.AddSubProtocol(Subprotocol);
            socket.SetRequestHeader("Authorization", $"Bearer {api.Token}");
        }, answersPings);
        client._api = api;
        return client;
    }

    public static async Task<StatusClient> ConnectAsync(Uri address, Action<ClientWebSocketOptions> configure, bool answersPings = true)
    {
        var client = new StatusClient(answersPings);
        configure(client._socket.Options);
        using var deadline = new CancellationTokenSource(Eventually.Deadline);
        await client._socket.ConnectAsync(new UriBuilder(address) { Scheme = "ws", Path = "/ws" }.Uri, deadline.Token);
        client._reading = client.ReadAsync();
        return client;
    }

    /// <summary>Connects, takes the hello and subscribes to everything of the user from <paramref name="since"/>.</summary>
    public static async Task<StatusClient> SubscribedAsync(ApiClient api, string? since = null)
    {
        var client = await ConnectAsync(api);
        await client.NextAsync("hello");
        await client.SubscribeAsync(["user"], since);
        if (since is null)
            await client.NextAsync("snap");
        return client;
    }

    /// <summary>Subscribes; the answer, which must be <c>subd</c>.</summary>
    public async Task<Frame> SubscribeAsync(string[] channels, string? since = null)
    {
        await SendAsync(new { op = "sub", id = 1, ch = channels, since });
        var answer = await NextAsync("subd");
        _receivesAll = channels.Contains("user");
        return answer;
    }

    public Task SendAsync(object frame) => SendAsync(JsonSerializer.SerializeToUtf8Bytes(frame));

    public Task SendAsync(string text) => SendAsync(Encoding.UTF8.GetBytes(text));

    public async Task SendAsync(byte[] bytes, WebSocketMessageType type = WebSocketMessageType.Text)
    {
        using var deadline = new CancellationTokenSource(Eventually.Deadline);
        await _sending.WaitAsync(deadline.Token);
        try
        {
            await _socket.SendAsync(bytes, type, endOfMessage: true, deadline.Token);
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>Sends this frame so many times, or until the server has closed the socket meanwhile.</summary>
    public async Task FloodAsync(object frame, int count)
    {
        try
        {
            for (var i = 0; i < count; i++)
                await SendAsync(frame);
        }
        catch (WebSocketException) when (_socket.State != WebSocketState.Open)
        {
            // What the server said of it is CloseCode.
        }
    }

    /// <summary>The next frame that is not progress, which must have this op.</summary>
    public async Task<Frame> NextAsync(string op)
    {
        while (true)
        {
            var frame = await NextAsync();
            if (frame.Op == "evt" && !frame.IsJournalled)
                continue;
            Assert.True(frame.Op == op, $"Expected {op}, got {frame}. All frames:\n{Transcript}");
            return frame;
        }
    }

    /// <summary>The next frame of any kind.</summary>
    public async Task<Frame> NextAsync()
    {
        using var deadline = new CancellationTokenSource(Eventually.Deadline);
        try
        {
            var frame = await _frames.Reader.ReadAsync(deadline.Token);
            if (frame.Cursor is not null)
                _taken = frame.Offset;
            _receivesAll &= frame.Op != "unsubd";
            return frame;
        }
        catch (Exception e) when (e is OperationCanceledException or ChannelClosedException)
        {
            throw new InvalidOperationException($"No further frame; close code {CloseCode}. All frames:\n{Transcript}", e);
        }
    }

    /// <summary>The next frame of any kind; null when the socket has been closed, or <paramref name="end"/> comes first.</summary>
    public async Task<Frame?> TryNextAsync(CancellationToken end)
    {
        try
        {
            return await _frames.Reader.ReadAsync(end);
        }
        catch (Exception e) when (e is OperationCanceledException or ChannelClosedException)
        {
            return null;
        }
    }

    /// <summary>Journalled events up to and including the event that brings <paramref name="videoId"/> to <paramref name="state"/>.</summary>
    public async Task<List<Frame>> UntilAsync(string videoId, string state)
    {
        var events = new List<Frame>();
        do
            events.Add(await NextAsync("evt"));
        while (events[^1].VideoId != videoId || events[^1].State != state);
        return events;
    }

    /// <summary>
    /// Journalled events that have come so far: a barrier, as the server answers in order. A client that receives all events of its user waits for what is in
    /// the journal already too: its push may still be on the way.
    /// </summary>
    public async Task<List<Frame>> SoFarAsync()
    {
        var events = await UntilPongAsync();
        if (_api is null || !_receivesAll)
            return events;
        var end = new Frame(JsonSerializer.SerializeToElement(
            new { cur = (await _api.GetJsonAsync("/api/events/poll?after=0:0&wait=0")).GetProperty("cursor").GetString() })).Offset;
        while (_taken < end)
            events.Add(await NextAsync("evt"));
        return events;
    }

    private async Task<List<Frame>> UntilPongAsync()
    {
        var barrier = ++_barrier;
        await SendAsync(new { op = "ping", ts = barrier });
        var events = new List<Frame>();
        while (true)
        {
            var frame = await NextAsync();
            if (frame.Op == "pong" && frame.Number("ts") == barrier)
                return events;
            if (frame.IsJournalled)
                events.Add(frame);
        }
    }

    /// <summary>Waits for the server to close; frames that were not looked at are dropped, but for a <c>bye</c>.</summary>
    public async Task<Frame?> UntilClosedAsync()
    {
        await _reading.WaitAsync(Eventually.Deadline);
        Frame? bye = null;
        while (_frames.Reader.TryRead(out var frame))
            bye = frame.Op == "bye" ? frame : bye;
        return bye;
    }

    /// <summary>The server closes with this code and announces it in a <c>bye</c> first.</summary>
    public async Task<Frame> IsClosedAsync(int code)
    {
        var bye = await UntilClosedAsync();
        Assert.True(CloseCode == code, $"Expected close code {code}, got {CloseCode}. All frames:\n{Transcript}");
        Assert.NotNull(bye);
        Assert.Equal(code, bye.Number("code"));
        return bye;
    }

    /// <summary>Closes as a client should, and waits for the server's answer.</summary>
    public async Task CloseAsync()
    {
        using var deadline = new CancellationTokenSource(Eventually.Deadline);
        await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, statusDescription: null, deadline.Token);
        await _reading.WaitAsync(deadline.Token);
    }

    public async ValueTask DisposeAsync()
    {
        _socket.Abort();
        await _reading;
        _socket.Dispose();
        _sending.Dispose();
    }

    private string Transcript
    {
        get
        {
            lock (_transcript)
                return string.Join('\n', _transcript);
        }
    }

    private async Task ReadAsync()
    {
        var message = new ArrayBufferWriter<byte>();
        try
        {
            while (true)
            {
                var received = await _socket.ReceiveAsync(message.GetMemory(4096), CancellationToken.None);
                if (received.MessageType is WebSocketMessageType.Close)
                    break;
                message.Advance(received.Count);
                if (!received.EndOfMessage)
                    continue;
                await TakeAsync(new Frame(JsonSerializer.Deserialize<JsonElement>(message.WrittenSpan)));
                message.ResetWrittenCount();
            }

            if (_socket.State is WebSocketState.CloseReceived)
                await _socket.CloseOutputAsync(_socket.CloseStatus!.Value, statusDescription: null, CancellationToken.None);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException)
        {
            // Aborted on one side or the other; a test sees that no close code came.
        }
        finally
        {
            _frames.Writer.TryComplete();
        }
    }

    private async Task TakeAsync(Frame frame)
    {
        lock (_transcript)
            _transcript.Add(frame.ToString());
        if (frame.Op == "ping")
            (Place, Pings) = (frame.Cursor ?? Place, Pings + 1);
        if (frame.Op == "ping" && _answersPings)
            await SendAsync(new { op = "pong", ts = frame.Number("ts"), cur = frame.Cursor });
        if (frame.Op != "ping")
            _frames.Writer.TryWrite(frame);
    }
}
