using Ingestion.Api.Status.Sockets;

namespace Ingestion.Api.Status.Broadcasts;

/// <summary>
/// Sockets in the order in which they came. That is about the order in which they, and what the kernel holds for them, lie in memory: going
/// through 10,000 of them in it meets far fewer cache misses than in the order of a hash table.
/// </summary>
internal sealed class SocketSet
{
    private readonly Lock _gate = new();
    private readonly List<StatusSocket> _sockets = [];
    private readonly Dictionary<StatusSocket, int> _places = [];
    private StatusSocket[]? _snapshot;

    public bool IsEmpty
    {
        get
        {
            lock (_gate)
                return _sockets.Count == 0;
        }
    }

    /// <summary>False when it is there already.</summary>
    public bool Add(StatusSocket socket)
    {
        lock (_gate)
        {
            if (!_places.TryAdd(socket, _sockets.Count))
                return false;
            _sockets.Add(socket);
            _snapshot = null;
            return true;
        }
    }

    /// <summary>False when it was not there. The last one takes its place: order is worth something, not everything.</summary>
    public bool Remove(StatusSocket socket)
    {
        lock (_gate)
        {
            if (!_places.Remove(socket, out var place))
                return false;
            var last = _sockets[^1];
            _sockets.RemoveAt(_sockets.Count - 1);
            if (last != socket)
                _places[last] = place;
            if (last != socket)
                _sockets[place] = last;
            _snapshot = null;
            return true;
        }
    }

    /// <summary>All sockets as they are now; the array is never changed.</summary>
    public StatusSocket[] Snapshot()
    {
        lock (_gate)
            return _snapshot ??= [.. _sockets];
    }
}
