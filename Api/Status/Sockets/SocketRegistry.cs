using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using Ingestion.Api.Auth;
using Ingestion.Api.Status.Broadcasts;
using Ingestion.Api.Status.Framing;
using Ingestion.Api.Status.Lanes;
using Ingestion.Api.Stopping;
using Ingestion.Status;
using Microsoft.Extensions.Hosting;

namespace Ingestion.Api.Status.Sockets;

/// <summary>
/// All sockets of this silo and their one clock: pings, renewals and expiries are looked at once a second here, so that an idle socket has
/// no timer of its own. Ends the sockets when the host stops, each with another time to come back.
/// </summary>
internal sealed class SocketRegistry(
    StatusSocket.Factory factory,
    SocketMetrics metrics,
    BroadcastHub broadcasts,
    QueueBudget queues,
    BackgroundCalls background,
    SocketOptions options,
    DeniedTokens denied,
    IHostApplicationLifetime host,
    SiloStop stop,
    TimeProvider time,
    ILogger<SocketRegistry> logger) : BackgroundService, ISocketLoad
{
    // Broadcasts are listened to under a lease as sockets are.
    private const int TicksPerRenewal = 10;

    // Fewer at a time would only make a stop longer: a silo takes thousands of new sockets a second.
    private const int LeastSentAway = 200;

    // The silo to which a client of a stopping one goes is there already.
    private static readonly TimeSpan _comeBack = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<StatusSocket, byte> _sockets = new();
    private readonly LoopGuard _guard = new(nameof(SocketRegistry), logger);

    public int Count => _sockets.Count;

    public long QueuedBytes => queues.UsedBytes;

    public SocketFigures Look()
    {
        var users = new HashSet<string>(StringComparer.Ordinal);
        var (sockets, guests, slow) = (0, 0, 0);
        foreach (var (socket, _) in _sockets)
        {
            sockets++;
            slow += socket.IsSlow ? 1 : 0;
            if (socket.Caller.IsGuest)
                guests++;
            else
                users.Add(socket.Caller.User);
        }

        return new SocketFigures(sockets, users.Count, guests, slow, queues.UsedBytes, queues.LimitBytes, metrics.Closes);
    }

    /// <summary>Any of them: none is cheaper to move than another. Those that end already may wait for their peers for a while.</summary>
    public int Rebalance(int count)
    {
        var sent = 0;
        foreach (var (socket, _) in _sockets.Where(socket => !socket.Key.IsEnding).Take(count))
        {
            SendAway(socket, CloseCode.Rebalance, TimeSpan.FromSeconds(options.DrainSpreadSeconds));
            sent++;
        }

        return sent;
    }

    /// <summary>Closes the sockets of these callers; how many those were.</summary>
    public int Close(Func<SocketCaller, bool> whose, CloseCode code) => _sockets.Keys.Count(socket => socket.CloseIf(whose, code));

    /// <summary>
    /// Runs a socket until it ends; false when its peer does not take what it is sent. It takes itself off, so that this is not one more frame for
    /// each idle one.
    /// </summary>
    public Task<bool> RunAsync(AcceptedSocket accepted, SocketCaller caller)
    {
        var socket = factory.Create(accepted, caller);
        _sockets.TryAdd(socket, 0);
        metrics.Opened(caller.Roles);
        if (host.ApplicationStopping.IsCancellationRequested)
            SendAway(socket, CloseCode.Drain, _comeBack);
        // The denial may have come between the check of the token and this moment.
        if (denied.Denies(caller.Token))
            socket.Close(CloseCode.Revoked);
        return socket.RunAsync(this);
    }

    public void Remove(StatusSocket socket, SocketCaller caller)
    {
        _sockets.TryRemove(socket, out _);
        metrics.Closed(caller.Roles);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Hosted services stop one after the other, the web server before this one, and it waits for its connections: they must go first.
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, host.ApplicationStopping);
        using var clock = new PeriodicTimer(TimeSpan.FromSeconds(1), time);
        try
        {
            for (var tick = 1; await clock.WaitForNextTickAsync(stopping.Token); tick++)
            {
                _guard.Try("a tick of the sockets", Tick);
                if (tick % TicksPerRenewal == 0)
                    _guard.Try("the renewal of broadcasts", broadcasts.Renew);
                metrics.Beat();
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Stopping.
        }

        await DrainAsync(clock, stoppingToken);
        await background.DrainAsync();
    }

    /// <summary>
    /// Sends all sockets away, some of them each second: the other silos get them over as long a time. Until the last one has closed; the time-out
    /// ends the others.
    /// </summary>
    private async Task DrainAsync(PeriodicTimer clock, CancellationToken stopping)
    {
        var left = new Queue<StatusSocket>(_sockets.Keys);
        var atATime = Math.Max(LeastSentAway, left.Count / options.DrainSpreadSeconds);
        while (!_sockets.IsEmpty && !stopping.IsCancellationRequested)
        {
            for (var sent = 0; (sent < atATime || stop.Cut.IsCancellationRequested) && left.TryDequeue(out var socket); sent++)
                SendAway(socket, CloseCode.Drain, _comeBack);
            await clock.WaitForNextTickAsync(CancellationToken.None);
            _guard.Try("a tick of the sockets", Tick);
        }
    }

    /// <summary>One socket that fails keeps no other from its tick.</summary>
    private void Tick()
    {
        Exception? failure = null;
        foreach (var (socket, _) in _sockets)
        {
            try
            {
                socket.OnTick();
            }
#pragma warning disable CA1031 // It is reported once all have had their tick.
            catch (Exception e)
#pragma warning restore CA1031
            {
                failure = e;
            }
        }

        if (failure is not null)
            ExceptionDispatchInfo.Throw(failure);
    }

    /// <summary>Each at another time, so that the remaining silos do not get all requests at once.</summary>
    private static void SendAway(StatusSocket socket, CloseCode code, TimeSpan within) =>
        socket.Close(code, Random.Shared.Next((int)within.TotalMilliseconds));
}
