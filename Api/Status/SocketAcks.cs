using Ingestion.Api.Status.Lanes;
using Ingestion.Status;

namespace Ingestion.Api.Status;

/// <summary>What the client of one socket has and has not acknowledged: how long events took to reach it.</summary>
internal sealed class SocketAcks(TimeProvider time, SocketMetrics metrics)
{
    // Of a client that never acknowledges only this many are remembered.
    private const int Remembered = 64;

    private readonly Lock _gate = new();
    private Queue<OutgoingFrame>? _sent;
    private Cursor? _newest;

    /// <summary>The newest acknowledged place.</summary>
    public Cursor? Newest
    {
        get
        {
            lock (_gate)
                return _newest;
        }
    }

    /// <summary>A frame has gone.</summary>
    public void Sent(OutgoingFrame frame)
    {
        if (frame.Offset == 0)
            return;
        lock (_gate)
        {
            _sent ??= new Queue<OutgoingFrame>();
            if (_sent.Count == Remembered)
                _sent.Dequeue();
            _sent.Enqueue(frame);
        }
    }

    /// <summary>Everything up to <paramref name="cursor"/> has arrived. Whether that says something new, and whether about a terminal state.</summary>
    public (bool IsNew, bool IsTerminal) Acknowledge(Cursor cursor)
    {
        var terminal = false;
        lock (_gate)
        {
            if (_newest is { } newest && newest.Epoch == cursor.Epoch && cursor.Offset <= newest.Offset)
                return (false, false);
            _newest = cursor;
            while (_sent?.TryPeek(out var frame) is true && frame.Offset <= cursor.Offset)
            {
                _sent.Dequeue();
                metrics.Acknowledged(frame.Lane, time.GetUtcNow() - frame.HappenedAt);
                terminal |= frame.Lane is StatusPriority.Critical;
            }

            if (_sent?.Count == 0)
                _sent = null;
        }

        return (true, terminal);
    }
}
