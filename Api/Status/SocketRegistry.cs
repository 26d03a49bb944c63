using System.Collections.Concurrent;
using System.Net.WebSockets;
using Microsoft.Extensions.Hosting;

namespace Ingestion.Api.Status;

/// <summary>
/// All sockets of this silo and their one clock: pings, renewals and expiries are looked at once a second here, so that an idle socket has
/// no timer of its own. Ends the sockets when the host stops, each with another time to come back.
/// </summary>
internal sealed class SocketRegistry(IGrainFactory grains, TimeProvider time, IOptions<SocketOptions> options, BackgroundCalls background, SocketMetrics metrics, IHostApplicationLifetime host, ILoggerFactory loggers)
    : BackgroundService
{
    private const int LongestRetryMilliseconds = 5000;

    private readonly ConcurrentDictionary<StatusSocket, byte> _sockets = new();
    private readonly SocketEdge _edge = new(grains, time, options.Value, background, metrics, loggers.CreateLogger<StatusSocket>());

    /// <summary>Runs a socket until it ends.</summary>
    public async Task RunAsync(WebSocket webSocket, string user, long expires, CancellationToken requestAborted)
    {
        await using var socket = new StatusSocket(webSocket, _edge, user, expires);
        _sockets.TryAdd(socket, 0);
        metrics.Opened();
        if (host.ApplicationStopping.IsCancellationRequested)
            SendAway(socket);
        try
        {
            await socket.RunAsync(requestAborted);
        }
        finally
        {
            _sockets.TryRemove(socket, out _);
            metrics.Closed();
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Hosted services stop one after the other, the web server before this one, and it waits for its connections: they must go first.
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, host.ApplicationStopping);
        using var clock = new PeriodicTimer(TimeSpan.FromSeconds(1), time);
        try
        {
            while (await clock.WaitForNextTickAsync(stopping.Token))
            {
                foreach (var (socket, _) in _sockets)
                    socket.OnTick();
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Stopping.
        }

        foreach (var (socket, _) in _sockets)
            SendAway(socket);
        await background.DrainAsync();
    }

    private static void SendAway(StatusSocket socket) => socket.Close(CloseCode.Drain, Random.Shared.Next(LongestRetryMilliseconds));
}
