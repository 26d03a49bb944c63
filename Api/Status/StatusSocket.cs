using System.Net.WebSockets;
using System.Threading.Channels;
using Ingestion.Status;
using Ingestion.Videos;

namespace Ingestion.Api.Status;

/// <summary>
/// One WebSocket of one user. Two loops, the first to end shuts both down: one reads the client's frames, one writes from a bounded queue.
/// It is its own observer; the registry's clock makes it ping and renew.
/// </summary>
internal sealed partial class StatusSocket : IStatusObserver, IAsyncDisposable
{
    private readonly WebSocket _socket;
    private readonly SocketEdge _edge;
    private readonly string _user;
    private readonly long _expires;
    private readonly IStatusGrain _grain;
    private readonly IStatusObserver _self;
    private readonly SocketFeed _feed;
    private readonly Channel<byte[]> _outgoing = Channel.CreateBounded<byte[]>(new BoundedChannelOptions(SocketLimits.LongestQueue) { SingleReader = true });
    private readonly CancellationTokenSource _closing;
    private readonly SemaphoreSlim _subscribing = new(1, 1);
    private IReadOnlySet<string>? _videos;
    private CloseCode _closeCode = CloseCode.Normal;
    private int? _retryMilliseconds;
    private bool _subscribed;
    private int _ending;
    private long _pingedAt;
    private long _nextPing;
    private long _nextRenewal;
    private volatile bool _awaitsPong;

    public StatusSocket(WebSocket socket, SocketEdge edge, string user, long expires)
    {
        (_socket, _edge, _user, _expires) = (socket, edge, user, expires);
        _closing = new CancellationTokenSource(Timeout.InfiniteTimeSpan, edge.Time);
        _grain = edge.Grains.GetGrain<IStatusGrain>(user);
        _self = edge.Grains.CreateObjectReference<IStatusObserver>(this);
        _feed = new SocketFeed(Send);
        var now = edge.Time.GetTimestamp();
        // The first ping at a random time, so that sockets that came together do not ping together ever after.
        _nextPing = now + Ticks(edge.Options.PingSeconds * Random.Shared.NextDouble());
        _nextRenewal = now + Ticks(SocketLimits.RenewPeriod.TotalSeconds);
    }

    public string Id { get; } = "s_" + Guid.NewGuid().ToString("N")[..12];

    /// <summary>Runs until either side closes.</summary>
    public async Task RunAsync(CancellationToken requestAborted)
    {
        using var aborted = requestAborted.Register(() => Close(CloseCode.Normal));
        Send(Frames.Hello(Id, _edge.Options.PingSeconds * 1000, _expires));
        var writing = WriteAsync();
        try
        {
            await ReadAsync();
        }
        finally
        {
            Close(CloseCode.Normal);
            await writing;
        }
    }

    /// <summary>Leaves the user's grain. Best effort: a grain that can't be reached forgets the socket when its lease ends.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_subscribed)
                await _grain.UnsubscribeAsync(_self);
        }
        catch (Exception e) when (e is OrleansException or TimeoutException)
        {
            LogLeaveFailed(_edge.Logger, e, Id);
        }
        finally
        {
            _edge.Grains.DeleteObjectReference<IStatusObserver>(_self);
            _closing.Dispose();
            _subscribing.Dispose();
        }
    }

    /// <summary>Called by the registry's clock about once a second.</summary>
    public void OnTick()
    {
        var now = _edge.Time.GetTimestamp();
        if (_awaitsPong && _edge.Time.GetElapsedTime(_pingedAt, now).TotalSeconds > _edge.Options.PongSeconds)
        {
            Close(CloseCode.NoPong);
            return;
        }

        if (_edge.Time.GetUtcNow().ToUnixTimeSeconds() >= _expires)
        {
            Close(CloseCode.TokenExpired);
            return;
        }

        if (now >= _nextPing)
            Ping(now);
        if (_subscribed && now >= _nextRenewal)
        {
            _nextRenewal = now + Ticks(SocketLimits.RenewPeriod.TotalSeconds);
            _edge.Background.Run(RenewAsync);
        }
    }

    public Task OnEntriesAsync(string epoch, IReadOnlyList<JournalEntry> entries)
    {
        if (!_feed.Push(epoch, entries))
            _edge.Background.Run(ResumeAsync);
        return Task.CompletedTask;
    }

    public Task OnProgressAsync(StatusEvent progress)
    {
        _feed.PushProgress(progress);
        return Task.CompletedTask;
    }

    private void Ping(long now)
    {
        // The time of the first unanswered one: a further ping must not give a silent peer more time.
        if (!_awaitsPong)
            _pingedAt = now;
        _awaitsPong = true;
        _nextPing = now + Ticks(_edge.Options.PingSeconds);
        Send(Frames.Ping(_edge.Time.GetUtcNow().ToUnixTimeMilliseconds()));
    }

    /// <summary>Queues a frame. A reader that is too slow is closed and resumes; nothing queues without bound.</summary>
    private void Send(byte[] frame)
    {
        if (!_outgoing.Writer.TryWrite(frame))
            Close(CloseCode.Slow);
    }

    private long Ticks(double seconds) => (long)(seconds * _edge.Time.TimestampFrequency);

    private async Task HandleAsync(ClientFrame? frame)
    {
        switch (frame?.Op)
        {
            case "sub":
                await SubscribeAsync(frame);
                break;
            case "ping":
                Send(Frames.Pong(frame.Ts));
                break;
            case "pong" or "ack":
                break;
            case null:
                Close(CloseCode.BadFrame);
                break;
            default:
                Send(Frames.Error(frame.Id, "op_unknown", retry: false));
                break;
        }
    }

    private async Task SubscribeAsync(ClientFrame frame)
    {
        if (frame.Ch is not { Count: > 0 and <= SocketLimits.MostChannels } channels)
        {
            Send(Frames.Error(frame.Id, "channels_invalid", retry: false));
            return;
        }

        Cursor? since = null;
        if (frame.Since is not null)
        {
            if (!Cursor.TryParse(frame.Since, out var parsed))
            {
                Send(Frames.Error(frame.Id, "cursor_invalid", retry: false));
                return;
            }

            since = parsed;
        }

        var (videos, refusal) = await AuthoriseAsync(channels);
        if (refusal is not null)
        {
            Send(Frames.Error(frame.Id, refusal, retry: false));
            return;
        }

        _videos = videos;
        await StartAsync(since, frame.Id, announce: true);
    }

    /// <summary>Which videos the channels name; null for all of the user's own.</summary>
    private async Task<(IReadOnlySet<string>? Videos, string? Refusal)> AuthoriseAsync(IReadOnlyList<string> channels)
    {
        if (channels.Contains(Channels.User))
            return (null, channels.All(channel => channel == Channels.User || Channels.IsVideo(channel, out _)) ? null : "channel_unknown");
        var videos = new HashSet<string>();
        foreach (var channel in channels)
        {
            if (!Channels.IsVideo(channel, out var videoId))
                return (null, "channel_unknown");
            // Another user's video looks like one that does not exist.
            if (await _edge.Grains.GetGrain<IVideoGrain>(videoId).GetAsync(_user) is null)
                return (null, "forbidden");
            videos.Add(videoId);
        }

        return (videos, null);
    }

    private async Task StartAsync(Cursor? since, long? id, bool announce)
    {
        await _subscribing.WaitAsync();
        try
        {
            _feed.Pause();
            var subscription = await _grain.SubscribeAsync(_self, since);
            _feed.Start(subscription, id, _videos, announce);
            _subscribed = true;
        }
        finally
        {
            _subscribing.Release();
        }
    }

    /// <summary>A push was lost, or the grain has come back elsewhere and does not know this socket: go on from the last entry seen.</summary>
    private Task ResumeAsync() => StartAsync(_feed.Seen, id: null, announce: false);

    private async Task RenewAsync()
    {
        var renewal = await _grain.RenewAsync(_self);
        if (!renewal.Known || (_feed.Seen is { } seen && renewal.Cursor != seen))
            await ResumeAsync();
    }

    [LoggerMessage(EventName = "SocketLeaveFailed", Level = LogLevel.Debug, Message = "Socket {SocketId} could not be taken off its user's grain; its lease will end")]
    private static partial void LogLeaveFailed(ILogger logger, Exception exception, string socketId);
}
