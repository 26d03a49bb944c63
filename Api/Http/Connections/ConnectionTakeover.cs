using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Ingestion.Api.Http.Connections;

/// <summary>
/// Lets a request end while its connection lives on as something else. For as long as a request lives the server holds its parsed head, claims,
/// scopes, activity and the frames of the whole pipeline, about 10 KB, which a WebSocket has no use for. And lets connections end for good: the
/// server itself waits for as long as its peer lives until that has taken the last byte.
/// </summary>
internal sealed class ConnectionTakeover : IConnectionHeartbeatFeature
{
    // What was sent last has this long to leave.
    private static readonly TimeSpan _grace = TimeSpan.FromSeconds(5);

    // How long a peer may take nothing of what a lasting connection sends, and stay silent about it.
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(25);

    private readonly ConnectionContext _connection;
    private readonly IDuplexPipe _transport;
    private readonly TimeProvider _time;
    private readonly ConnectionGate? _gate;
    private Action? _heartbeat;
    private Func<Task<bool>>? _successor;
    private bool _endsPromptly;
    private int _lasts;
    private long _abortAt;

    private ConnectionTakeover(ConnectionContext connection, TimeProvider time, ConnectionGate? gate, TimeSpan? silence)
    {
        (_connection, _transport, _time, _gate) = (connection, connection.Transport, time, gate);
        // Until its first request.
        _abortAt = silence is { } longest ? At(longest) : long.MaxValue;
        // The server notifies one object of heartbeats for the connection's life: this one replaces the HTTP side, so that the HTTP side can be released.
        connection.Features.Get<IConnectionHeartbeatFeature>()?.OnHeartbeat(static state => ((ConnectionTakeover)state).Beat(), this);
        connection.Features.Set<IConnectionHeartbeatFeature>(this);
        connection.Features.Set(this);
    }

    /// <summary>For every connection of <paramref name="listen"/>. Belongs before everything that changes what is on the wire.</summary>
    /// <param name="listen">Where they come.</param>
    /// <param name="time">The clock.</param>
    /// <param name="gate">Which of them may come in; null: all.</param>
    /// <param name="silence">How long one may live without a request; null: as long as the server lets it.</param>
    public static void Offer(ListenOptions listen, TimeProvider time, ConnectionGate? gate = null, TimeSpan? silence = null) =>
        listen.Use(next => connection => gate is null || gate.TryEnter() ? RunAsync(next, connection, time, gate, silence) : gate.RefuseAsync(connection));

    /// <summary>A request has come.</summary>
    public static void BeginRequest(HttpContext context)
    {
        if (context.Features.Get<ConnectionTakeover>() is { } takeover)
            takeover.BeginRequest();
    }

    /// <summary>
    /// The connection becomes a long-lived one: a WebSocket or an event stream. False when this silo is at its limit. From here on the
    /// kernel gives a peer up that takes nothing of what it is sent.
    /// </summary>
    public static bool TryLast(HttpContext context)
    {
        if (context.Features.Get<ConnectionTakeover>() is not { } takeover || Interlocked.Exchange(ref takeover._lasts, 1) != 0)
            return true;
        if (takeover._gate is { } gate && !gate.TryLast())
        {
            Volatile.Write(ref takeover._lasts, 0);
            return false;
        }

        TcpUserTimeout.Set(takeover._connection, _patience);
        return true;
    }

    /// <summary>
    /// The request waits for something that its client is sent once: a peer that has vanished meanwhile is found by probes, as nothing is sent
    /// that it could leave unanswered.
    /// </summary>
    public static void WatchPeer(HttpContext context)
    {
        if (context.Features.Get<ConnectionTakeover>() is not { } takeover)
            return;
        TcpUserTimeout.Set(takeover._connection, _patience);
        TcpUserTimeout.Probe(takeover._connection);
    }

    /// <summary>
    /// Has <paramref name="successor"/> run on <paramref name="connection"/> once this request has ended, and until its task completes: with
    /// false when its peer does not take what it is sent, and is to be cut off. The connection ends with it, see <see cref="EndPromptly"/>.
    /// False when that can't be, as it is not the wire itself: TLS lies between, or it is one stream of several. The request must then last as
    /// long as what follows it.
    /// </summary>
    public static bool TryContinue(HttpContext context, IDuplexPipe connection, Func<Task<bool>> successor)
    {
        if (context.Features.Get<ConnectionTakeover>() is not { } takeover || takeover._transport != connection)
            return false;
        takeover._successor = successor;
        return true;
    }

    /// <summary>
    /// The request is the last one of its connection: what its peer has not taken 5 s after the connection's end is dropped, and the connection
    /// with it. Does nothing where other requests share the connection.
    /// </summary>
    public static void EndPromptly(HttpContext context)
    {
        if (context.Features.Get<ConnectionTakeover>() is { } takeover && HttpProtocol.IsHttp11(context.Request.Protocol))
            takeover._endsPromptly = true;
    }

    public void OnHeartbeat(Action<object> action, object state) => _heartbeat += () => action(state);

    private static async Task RunAsync(ConnectionDelegate next, ConnectionContext connection, TimeProvider time, ConnectionGate? gate, TimeSpan? silence)
    {
        var takeover = new ConnectionTakeover(connection, time, gate, silence);
        try
        {
            await next(connection);
            if (takeover.TakeSuccessor() is { } successor && !await successor())
                takeover.Abort();
        }
        finally
        {
            if (takeover._endsPromptly)
                takeover.End();
            takeover.GiveBack();
        }
    }

    private void BeginRequest()
    {
        if (Volatile.Read(ref _abortAt) != long.MaxValue)
            Volatile.Write(ref _abortAt, long.MaxValue);
    }

    private void GiveBack()
    {
        if (Volatile.Read(ref _lasts) != 0)
            _gate?.EndLasting();
        _gate?.Leave();
    }

    private Func<Task<bool>>? TakeSuccessor()
    {
        var successor = _successor;
        if (successor is null)
            // The server's own bound of what is left of a response hangs on the heartbeat.
            return null;
        (_successor, _heartbeat, _endsPromptly) = (null, null, true);
        return successor;
    }

    /// <summary>From here on the server waits and its heartbeats continue; after the server has closed, the kernel takes over.</summary>
    private void End()
    {
        Volatile.Write(ref _abortAt, At(_grace));
        TcpUserTimeout.Set(_connection, 2 * _grace);
    }

    /// <summary>Once a second, until the connection has gone.</summary>
    private void Beat()
    {
        _heartbeat?.Invoke();
        if (Volatile.Read(ref _abortAt) <= _time.GetTimestamp())
            Abort();
    }

    private long At(TimeSpan later) => _time.GetTimestamp() + (long)(later.TotalSeconds * _time.TimestampFrequency);

    private void Abort() => _connection.Abort(new ConnectionAbortedException("The peer is silent, or does not take what it is sent."));
}
