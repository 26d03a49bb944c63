using Ingestion.Api.Auth;
using Ingestion.Api.Status.Sockets;
using Ingestion.Silos;

namespace Ingestion.Api.Connections;

/// <inheritdoc cref="IConnections"/>
internal sealed class OpenConnections : IConnections
{
    private readonly SocketRegistry _sockets;
    private readonly LiveRequests _requests;
    private readonly DeniedTokens _denied;

    public OpenConnections(SocketRegistry sockets, LiveRequests requests, DeniedTokens denied)
    {
        (_sockets, _requests, _denied) = (sockets, requests, denied);
        _denied.Changed += EndDenied;
    }

    public int Disconnect(Disconnection which) => which switch
    {
        { ShareId: { } share } => _sockets.Close(caller => caller.ShareId == share, CloseCode.Revoked) + _requests.EndShared(share),
        { User: { } user } => _sockets.Close(caller => caller.User == user, CloseCode.Disconnected) + _requests.EndListening(user),
        _ => 0,
    };

    public Task RefreshDeniedAsync() => _denied.RefreshAsync();

    private void EndDenied()
    {
        _sockets.Close(caller => _denied.Denies(caller.Token), CloseCode.Revoked);
        _requests.EndDenied();
    }
}
