using System.IO.Pipelines;
using System.Net.Sockets;
using Ingestion.Api.Status.Channels;
using Ingestion.Api.Status.Codecs;
using Ingestion.Api.Status.Framing;
using Ingestion.Api.Status.Lanes;
using Ingestion.Api.Status.Places;
using Ingestion.Status;

namespace Ingestion.Api.Status.Sockets;

/// <summary>
/// One WebSocket of one user: reads the client's frames, and is its own observer. It has no timer and, while idle, no buffer, no writer and no grain;
/// the registry's clock makes it ping, and renew its place where that is needed.
/// </summary>
internal sealed partial class StatusSocket : IStatusObserver, IFeedSink, IPlaceHolder, IAsyncDisposable
{
    private readonly Factory _shared;
    private readonly IStatusGrain _grain;
    private readonly IStatusObserver _self;
    private readonly PipeReader _input;
    private readonly FrameCodec _codec;
    private readonly MessageReader _reader;
    private readonly SocketWriter _writer;
    private readonly SocketFeed _feed;
    private readonly SocketAcks _acks;
    // Never disposed: a call may be under way still when the socket has ended, and it holds nothing that would have to be given back.
#pragma warning disable CA2213
    private readonly SemaphoreSlim _subscribing = new(1, 1);
#pragma warning restore CA2213
    private readonly DateTimeOffset _connectedAt;
    private SocketCaller _caller;
    private ChannelSet _channels = ChannelSet.None;
    private DateTimeOffset? _heardAt;
    private long _pingedAt;
    private long _nextPing;
    private long _nextRenewal;
    private long _endsAt = long.MaxValue;
    private FrameRate _rate;
    private int _pingSeconds;
    private int _ending;
    private volatile bool _awaitsPong;
    private bool _joined;
    private bool _renews = true;
    private bool _warned;

    private StatusSocket(AcceptedSocket accepted, SocketCaller caller, Factory shared)
    {
        (_shared, _caller, _connectedAt) = (shared, caller, shared.Time.GetUtcNow());
        (_input, _codec) = (accepted.Connection.Input, (caller.IsGuest ? accepted.Codec.ForGuests() : accepted.Codec).With(accepted.Media));
        _reader = new MessageReader(SocketLimits.LargestFrame, _codec.Deflates);
        _grain = shared.Grains.GetGrain<IStatusGrain>(caller.User);
        _self = shared.Grains.CreateObjectReference<IStatusObserver>(this);
        _acks = new SocketAcks(shared.Time, shared.Metrics);
        _writer = new SocketWriter(accepted.Connection.Output, shared.Time, shared.Metrics, _codec, shared.Queues);
        _feed = new SocketFeed(this, _codec);
        var now = shared.Time.GetTimestamp();
        _pingSeconds = shared.Options.PingSeconds;
        // The first ping at a random time, so that sockets that came together do not ping together ever after.
        _nextPing = now + Ticks(shared.Options.PingSeconds * Random.Shared.NextDouble());
        _nextRenewal = now + Ticks(ObserverLease.Period.TotalSeconds);
    }

    public string Id { get; } = "s_" + Guid.NewGuid().ToString("N")[..12];

    /// <summary>Whose it is, by the newest token.</summary>
    public SocketCaller Caller => _caller;

    /// <summary>Its reader takes nothing, and more waits for it.</summary>
    public bool IsSlow => _writer.IsSlow;

    /// <summary>It has been closed by either side, and ends soon.</summary>
    public bool IsEnding => Volatile.Read(ref _ending) != 0;

    /// <summary>
    /// Runs until either side closes, and leaves <paramref name="registry"/>. False when the peer has not taken all it was sent within the grace:
    /// its connection must not end as those of others do, which waits for that.
    /// </summary>
    public async Task<bool> RunAsync(SocketRegistry registry)
    {
        var joinedAs = _caller;
        try
        {
            await TryAsync(GreetAsync);
            // Once we have closed, up to the peer's own close: a connection that ends with unread bytes is reset, and our last frames with it.
            while (true)
            {
                ReadResult read;
                try
                {
                    read = await _input.ReadAsync();
                }
                catch (Exception e) when (e is IOException or SocketException or InvalidOperationException or OperationCanceledException)
                {
                    // Reset, or given up by the kernel as its peer took nothing, which comes as it is; or aborted or taken away under us by the
                    // server's shutdown.
                    break;
                }

                var buffer = read.Buffer;
                var message = _reader.Take(ref buffer);
                _input.AdvanceTo(buffer.Start, message is null ? read.Buffer.End : buffer.Start);
                if (message is { } whole ? !await TakeAsync(whole) : read.IsCompleted || read.IsCanceled)
                    break;
            }

            Close(CloseCode.Normal);
            return await _writer.EndedAsync();
        }
        finally
        {
            // Whatever ended it: what still waits counts no more.
            _writer.Abandon();
            registry.Remove(this, joinedAs);
            await DisposeAsync();
        }
    }

    /// <summary>
    /// Ends the socket: what is queued goes out first, then <c>bye</c> and the close frame, then the peer's answer is awaited; all of it within
    /// the grace, so that a peer that neither reads nor answers holds nothing. The first reason counts.
    /// </summary>
    public void Close(CloseCode code, int? retryMilliseconds = null)
    {
        if (Interlocked.Exchange(ref _ending, 1) != 0)
            return;
        // Who answers no ping answers no close either.
        var grace = code is CloseCode.NoPong ? TimeSpan.Zero : SocketLimits.CloseGrace;
        Volatile.Write(ref _endsAt, _shared.Time.GetTimestamp() + Ticks(grace.TotalSeconds));
        _shared.Metrics.Ended(code);
        if (code is CloseCode.Normal)
            _writer.End(ServerFrame.Close(code));
        else
            _writer.End(_codec.Bye(code, retryMilliseconds), ServerFrame.Close(code));
    }

    /// <summary>
    /// The client has closed: its code comes back, or what is wrong with it. It expects nothing else any more. Nothing happens where the client's close is
    /// itself the answer to ours.
    /// </summary>
    private void AnswerClose(CloseCode code)
    {
        if (Interlocked.Exchange(ref _ending, 1) != 0)
            return;
        Volatile.Write(ref _endsAt, _shared.Time.GetTimestamp() + Ticks(SocketLimits.CloseGrace.TotalSeconds));
        // A code of the client's own choice is no value of a metric's tag.
        _shared.Metrics.Ended(code is CloseCode.ProtocolError or CloseCode.NotUtf8 ? code : CloseCode.Normal);
        _writer.End(ServerFrame.Close(code));
    }

    /// <summary>Leaves the user's grain. Best effort: a grain that can't be reached forgets the socket when its lease ends.</summary>
    public async ValueTask DisposeAsync()
    {
        _shared.Broadcasts.Leave(this, _channels.Broadcasts);
        try
        {
            if (_joined && _shared.Places.Remove(_caller.User, this))
                await _grain.UnsubscribeAsync(_self);
        }
#pragma warning disable CA1031 // A grain's own exceptions come as they were thrown, and a grain that can't be activated throws what its storage threw.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogLeaveFailed(_shared.Logger, e, Id);
        }
        finally
        {
            _shared.Grains.DeleteObjectReference<IStatusObserver>(_self);
            _reader.Dispose();
        }
    }

    /// <summary>A frame that many sockets get, encoded once for all of them. True when it was sent at once, and is the caller's to count.</summary>
    public bool SendShared(SharedFrame frame)
    {
        var outcome = _writer.SendShared(frame.For(_codec));
        CloseIfRefused(outcome);
        return outcome is SendOutcome.Sent;
    }

    public Task OnEntriesAsync(string epoch, IReadOnlyList<JournalEntry> entries)
    {
        if (!_feed.Push(epoch, entries))
            _shared.Background.Run(ResumeAsync);
        return Task.CompletedTask;
    }

    public Task OnProgressAsync(StatusEvent progress)
    {
        _feed.PushProgress(progress);
        return Task.CompletedTask;
    }

    void IFeedSink.Begin(Cursor at, bool whole, IEnumerable<long> terminal) => _acks.Begin(at, whole, terminal);

    void IFeedSink.SendPing(Cursor? place)
    {
        if (place is { } cursor)
            _acks.Passed(cursor);
        CloseIfRefused(_writer.SendPlace(_codec.Ping(_shared.Time.GetUtcNow().ToUnixTimeMilliseconds(), place)));
    }

    void IFeedSink.Send(byte[] frame, Cursor? chainTo) => CloseIfRefused(_writer.Send(frame, chainTo));

    void IFeedSink.SendSnapshot(byte[] part, Cursor chainTo) => _writer.SendSnapshot(part, chainTo);

    void IFeedSink.Add(Cursor cursor, StatusEvent e, bool replay)
    {
        // Before it goes: the acknowledgement may be back before the sending returns.
        _acks.Sent(cursor, e, replay);
        CloseIfRefused(_writer.Add(cursor, e, replay));
    }

    void IFeedSink.Flush() => _writer.Flush();

    void IFeedSink.SendProgress(StatusEvent e) => _writer.SendProgress(e);

    /// <summary>A client that reads too slowly is closed and resumes; nothing queues without bound.</summary>
    private void CloseIfRefused(SendOutcome outcome)
    {
        if (outcome is SendOutcome.ReaderTooSlow)
            Close(CloseCode.Slow);
        else if (outcome is SendOutcome.SiloTooFull)
            Close(CloseCode.Overloaded);
    }

    private async Task GreetAsync()
    {
        if (await JoinAsync())
            Send(_codec.Hello(Id, _shared.Options.PingSeconds * 1000, _shared.Options.FrameWindow, _caller.Expires));
    }

    /// <summary>A grain that can't be reached ends the socket; its client reconnects and continues from its cursor.</summary>
    private async Task TryAsync(Func<Task> act)
    {
        try
        {
            await act();
        }
#pragma warning disable CA1031 // A grain's own exceptions come as they were thrown, those of a storage that fails among them.
        catch (Exception e)
#pragma warning restore CA1031
        {
            if (_shared.FailureLines.Count("") is { } sockets)
                LogGrainFailed(_shared.Logger, e, Id, sockets);
            Close(CloseCode.Internal);
        }
    }

    private void Send(byte[] frame) => ((IFeedSink)this).Send(frame);

    private long Ticks(double seconds) => (long)(seconds * _shared.Time.TimestampFrequency);

    [LoggerMessage(EventName = "SocketGrainFailed", Level = LogLevel.Warning,
        Message = "Socket {SocketId} is closed with 4100: its user's grain can't be reached; {Sockets} sockets since the last such line")]
    private static partial void LogGrainFailed(ILogger logger, Exception exception, string socketId, long sockets);

    [LoggerMessage(EventName = "SocketLeaveFailed", Level = LogLevel.Debug,
        Message = "Socket {SocketId} could not be taken off its user's grain; its lease will end")]
    private static partial void LogLeaveFailed(ILogger logger, Exception exception, string socketId);
}
