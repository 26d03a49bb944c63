using System.Collections.Concurrent;
using Ingestion.Api.Auth;

namespace Ingestion.Api.Connections;

/// <summary>
/// The requests of this silo that are under way and had a token, so that they can be ended with it. WebSockets are in
/// <see cref="Status.Sockets.SocketRegistry"/>: they outlive their request.
/// </summary>
internal sealed class LiveRequests(DeniedTokens denied)
{
    private readonly ConcurrentDictionary<LiveRequest, byte> _requests = new();

    /// <summary>
    /// The request counts from now on until it is disposed of. A token that was denied since it was checked ends the request here: the denial may
    /// have come before the request was listed.
    /// </summary>
    public LiveRequest Begin(HttpContext context, TokenIdentity token)
    {
        var request = new LiveRequest(this, context, token);
        _requests.TryAdd(request, 0);
        if (denied.Denies(token))
            request.Abort();
        return request;
    }

    /// <summary>Ends the event streams and polls of a user; how many those were.</summary>
    public int EndListening(string user) => _requests.Keys.Count(request => request.IsListening && request.Token.User == user && request.Abort());

    /// <summary>Ends the event streams and polls of guests who came with this share; how many those were.</summary>
    public int EndShared(string share)
    {
        var token = TokenIdentity.NumberOf(share);
        return _requests.Keys.Count(request => request.IsListening && request.Token.Id == token && request.Abort());
    }

    /// <summary>Ends all requests whose tokens are denied now.</summary>
    public void EndDenied()
    {
        foreach (var request in _requests.Keys)
        {
            if (denied.Denies(request.Token))
                request.Abort();
        }
    }

    internal void End(LiveRequest request) => _requests.TryRemove(request, out _);
}

/// <summary>A request under way.</summary>
internal sealed class LiveRequest(LiveRequests requests, HttpContext context, TokenIdentity token) : IDisposable
{
    private readonly Lock _gate = new();

    // Null once the request has ended: the server uses the object for the next one.
    private HttpContext? _context = context;

    public TokenIdentity Token => token;

    /// <summary>Whether it is an event stream or a poll.</summary>
    public volatile bool IsListening;

    /// <summary>Ends the request and, with HTTP/1.1, its connection. False when it has ended already.</summary>
    public bool Abort()
    {
        lock (_gate)
        {
            if (_context is null)
                return false;
            _context.Abort();
            _context = null;
            return true;
        }
    }

    public void Dispose()
    {
        lock (_gate)
            _context = null;
        requests.End(this);
    }
}
