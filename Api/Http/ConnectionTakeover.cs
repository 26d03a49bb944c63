using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Ingestion.Api.Http;

/// <summary>
/// Lets a request end while its connection lives on as something else. For as long as a request lives the server holds its parsed head, claims,
/// scopes, activity and the frames of the whole pipeline, about 10 KB, which a WebSocket has no use for.
/// </summary>
internal sealed class ConnectionTakeover : IConnectionHeartbeatFeature
{
    private readonly IDuplexPipe _transport;
    private Action? _heartbeat;
    private Func<Task>? _successor;

    private ConnectionTakeover(ConnectionContext connection)
    {
        _transport = connection.Transport;
        // The server keeps for the connection's life who is told of its heartbeats: us in the place of its HTTP side, so that we can let that go.
        connection.Features.Get<IConnectionHeartbeatFeature>()?.OnHeartbeat(static state => ((ConnectionTakeover)state)._heartbeat?.Invoke(), this);
        connection.Features.Set<IConnectionHeartbeatFeature>(this);
        connection.Features.Set(this);
    }

    /// <summary>For every connection of <paramref name="listen"/>. Belongs before everything that changes what is on the wire.</summary>
    public static void Offer(ListenOptions listen) => listen.Use(next => connection => RunAsync(next, connection));

    /// <summary>
    /// Has <paramref name="successor"/> run on <paramref name="connection"/> once this request has ended, and until its task completes. False
    /// when that can't be, as it is not the wire itself: TLS lies between, or it is one stream of several. The request must then last as long
    /// as what follows it.
    /// </summary>
    public static bool TryContinue(HttpContext context, IDuplexPipe connection, Func<Task> successor)
    {
        if (context.Features.Get<ConnectionTakeover>() is not { } takeover || takeover._transport != connection)
            return false;
        takeover._successor = successor;
        return true;
    }

    public void OnHeartbeat(Action<object> action, object state) => _heartbeat += () => action(state);

    private static async Task RunAsync(ConnectionDelegate next, ConnectionContext connection)
    {
        var takeover = new ConnectionTakeover(connection);
        await next(connection);
        if (takeover.End() is { } successor)
            await successor();
    }

    private Func<Task>? End()
    {
        _heartbeat = null;
        var successor = _successor;
        _successor = null;
        return successor;
    }
}
