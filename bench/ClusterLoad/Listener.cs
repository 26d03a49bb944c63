using System.Diagnostics;
using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace Ingestion.Bench.ClusterLoad;

/// <summary>One socket of a user that comes back with its cursor, as clients should, and records what it saw.</summary>
internal sealed class Listener(Client client, string token, bool watches)
{
    // A listener that watches has the server send something at least so often, and gives a connection up without it.
    private const int HeartbeatSeconds = 5;

    private readonly TimeSpan _silence = watches ? TimeSpan.FromSeconds(2 * HeartbeatSeconds) : TimeSpan.FromMinutes(2);
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(10);

    private readonly TaskCompletionSource _subscribed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly HashSet<string> _seen = [];
    private readonly HashSet<string> _states = [];
    private byte[] _buffer = new byte[4 * 1024];
    private string? _cursor;
    private long _lostAt;
    private TimeSpan _pause;

    /// <summary>Completes with the first subscription.</summary>
    public Task Subscribed => _subscribed.Task;

    public int Events { get; private set; }

    /// <summary>Events that came twice.</summary>
    public int Twice { get; private set; }

    /// <summary>Offsets that were left out although the subscription was continued.</summary>
    public int Gaps { get; private set; }

    /// <summary>Times that it could not be continued from its cursor.</summary>
    public int Resets { get; private set; }

    /// <summary>Connections that ended.</summary>
    public int Closes { get; private set; }

    /// <summary>From the end of a connection to the next subscription, the longest.</summary>
    public TimeSpan LongestGap { get; private set; }

    /// <summary>From the time of an event to its frame, the longest.</summary>
    public TimeSpan LongestLag { get; private set; }

    public bool HasSeen(string video, string type) => _states.Contains($"{video} {type}");

    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                using var socket = await ConnectAsync(stop);
                await ReadAsync(socket, stop);
            }
            catch (Exception e) when (e is WebSocketException or OperationCanceledException or HttpRequestException)
            {
                // Refused, gone or silent.
            }

            if (_lostAt == 0 && !stop.IsCancellationRequested)
                (_lostAt, Closes) = (Stopwatch.GetTimestamp(), Closes + 1);
            await Task.Delay(_pause + TimeSpan.FromMilliseconds(Random.Shared.Next(50, 150)), stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _pause = TimeSpan.Zero;
        }
    }

    private async Task<ClientWebSocket> ConnectAsync(CancellationToken stop)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(_patience);
        var socket = new ClientWebSocket();
        try
        {
            socket.Options.AddSubProtocol("ingestion.v1");
            socket.Options.SetRequestHeader("Authorization", "Bearer " + token);
            await socket.ConnectAsync(client.Sockets, client.Http, patience.Token);
            var since = _cursor is null ? "" : $",\"since\":\"{_cursor}\"";
            var heartbeat = watches ? $",\"heartbeat\":{HeartbeatSeconds}" : "";
            await SendAsync(socket, $$"""{"op":"sub","id":1,"ch":["user"]{{heartbeat}}{{since}}}""", patience.Token);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task ReadAsync(ClientWebSocket socket, CancellationToken stop)
    {
        while (await NextAsync(socket, stop) is { } frame)
        {
            switch (frame.GetProperty("op").GetString())
            {
                case "ping":
                    await SendAsync(socket, """{"op":"pong"}""", stop);
                    break;
                case "snap":
                    Resets += _cursor is null ? 0 : 1;
                    _cursor = frame.GetProperty("cur").GetString();
                    Subscribe();
                    break;
                case "subd" when frame.GetProperty("mode").GetString() == "replay":
                    Subscribe();
                    break;
                case "evt":
                    Take(frame);
                    break;
                case "bye" when frame.TryGetProperty("retry_ms", out var pause):
                    _pause = TimeSpan.FromMilliseconds(pause.GetInt32());
                    break;
            }
        }
    }

    private void Subscribe()
    {
        if (_lostAt != 0)
            LongestGap = Max(LongestGap, Stopwatch.GetElapsedTime(_lostAt));
        _lostAt = 0;
        _subscribed.TrySetResult();
    }

    private void Take(JsonElement frame)
    {
        // Progress has no place in the journal.
        if (!frame.TryGetProperty("cur", out var cur))
            return;
        var (cursor, e) = (cur.GetString()!, frame.GetProperty("data"));
        if (IsNext(cursor, out var missing))
            Gaps += missing;
        _cursor = cursor;
        Events++;
        if (!_seen.Add(e.GetProperty("id").GetString()!) || !_states.Add($"{e.GetProperty("subject").GetString()} {e.GetProperty("type").GetString()}"))
            Twice++;
        LongestLag = Max(LongestLag, TimeProvider.System.GetUtcNow() - e.GetProperty("time").GetDateTimeOffset());
    }

    /// <summary>Whether both cursors are of one journal; how many offsets lie between them.</summary>
    private bool IsNext(string cursor, out int missing)
    {
        missing = 0;
        if (_cursor?.Split(':') is not [var epoch, var before] || cursor.Split(':') is not [var now, var offset] || epoch != now)
            return false;
        missing = int.Parse(offset, CultureInfo.InvariantCulture) - int.Parse(before, CultureInfo.InvariantCulture) - 1;
        return missing > 0;
    }

    private async Task<JsonElement?> NextAsync(ClientWebSocket socket, CancellationToken stop)
    {
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(stop);
        silence.CancelAfter(_silence);
        for (var length = 0; ;)
        {
            var received = await socket.ReceiveAsync(_buffer.AsMemory(length), silence.Token);
            if (received.MessageType is WebSocketMessageType.Close)
                return null;
            length += received.Count;
            if (length == _buffer.Length)
                Array.Resize(ref _buffer, 2 * length);
            if (received.EndOfMessage)
                return JsonDocument.Parse(_buffer.AsMemory(0, length)).RootElement.Clone();
        }
    }

    private static ValueTask SendAsync(ClientWebSocket socket, string frame, CancellationToken stop) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(frame).AsMemory(), WebSocketMessageType.Text, endOfMessage: true, stop);

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
