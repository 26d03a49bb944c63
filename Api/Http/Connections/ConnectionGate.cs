using Microsoft.AspNetCore.Connections;

namespace Ingestion.Api.Http.Connections;

/// <summary>
/// Counts the connections of this silo and turns those away for which there is no room. The server's own limit does not know a connection any more
/// once it has become something else, and a process without a free file descriptor can neither read its state nor close what it should.
/// </summary>
internal sealed class ConnectionGate(ConnectionLimits limits, ConnectionMetrics metrics, TimeProvider time) : IDisposable
{
    // Connections beyond the limit that are answered with 503 at the same time; until one of them ends, the listener accepts no further one.
    private const int MostRefused = 32;

    // One for each file descriptor that connections may take.
    private readonly SemaphoreSlim? _room = limits.Max == 0 ? null : new SemaphoreSlim(limits.Max + MostRefused);
    private int _open;
    private int _lasting;
    private int _refused;

    public int Open => Volatile.Read(ref _open);

    public ConnectionLimits Limits => limits;

    /// <summary>Waits until the process can hold one connection more. False when it is not to be waited for any more.</summary>
    public async ValueTask<bool> WaitForRoomAsync(CancellationToken unbound)
    {
        if (_room is null)
            return true;
        try
        {
            await _room.WaitAsync(unbound);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>A connection has ended, whether it was let in or not.</summary>
    public void MakeRoom() => _room?.Release();

    /// <summary>Takes a place for a connection. False when there is none.</summary>
    public bool TryEnter()
    {
        if (!TryTake(ref _open, limits.Max))
            return false;
        metrics.Opened();
        return true;
    }

    public void Leave()
    {
        Interlocked.Decrement(ref _open);
        metrics.Closed();
        MakeRoom();
    }

    /// <summary>Takes one of the places of WebSockets and event streams. False when there is none.</summary>
    public bool TryLast()
    {
        var taken = TryTake(ref _lasting, limits.MaxLasting);
        if (!taken)
            metrics.Refused(ConnectionMetrics.Lasting);
        return taken;
    }

    public void EndLasting() => Interlocked.Decrement(ref _lasting);

    /// <summary>Answers a connection for which there is no place with 503, if there is room for that, and lets it end.</summary>
    public async Task RefuseAsync(ConnectionContext connection)
    {
        metrics.Refused(ConnectionMetrics.Any);
        if (Interlocked.Increment(ref _refused) <= MostRefused)
            await FullHouse.RefuseAsync(connection, time);
        else
            connection.Abort(new ConnectionAbortedException("There are too many connections."));
        Interlocked.Decrement(ref _refused);
        MakeRoom();
    }

    public void Dispose() => _room?.Dispose();

    private static bool TryTake(ref int count, int most)
    {
        if (Interlocked.Increment(ref count) <= most || most == 0)
            return true;
        Interlocked.Decrement(ref count);
        return false;
    }
}
