using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Ingestion.Api.Http.Connections;

/// <summary>
/// The sockets that listen, which take a connection only while the process has a file descriptor for it: the server would take all that wait at once,
/// each of them an open file until its turn comes. What has to wait waits in the kernel.
/// </summary>
internal sealed class GatedListenerFactory(SocketTransportFactory sockets, ConnectionGate gate) : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        new GatedListener(await sockets.BindAsync(endpoint, cancellationToken), gate);

    public bool CanBind(EndPoint endpoint) => sockets.CanBind(endpoint);
}

/// <inheritdoc cref="GatedListenerFactory"/>
internal sealed class GatedListener(IConnectionListener inner, ConnectionGate gate) : IConnectionListener
{
    private readonly CancellationTokenSource _unbound = new();

    public EndPoint EndPoint => inner.EndPoint;

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        if (!await gate.WaitForRoomAsync(_unbound.Token))
            return null;
        ConnectionContext? connection = null;
        try
        {
            return connection = await inner.AcceptAsync(cancellationToken);
        }
        finally
        {
            if (connection is null)
                gate.MakeRoom();
        }
    }

    public async ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        await _unbound.CancelAsync();
        await inner.UnbindAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await inner.DisposeAsync();
        _unbound.Dispose();
    }
}
