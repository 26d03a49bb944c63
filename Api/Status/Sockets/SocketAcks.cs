using Ingestion.Status;

namespace Ingestion.Api.Status.Sockets;

/// <summary>
/// What was sent to the client of one socket and is not acknowledged yet: how long events took to reach it, and which terminal events it has.
/// </summary>
internal sealed class SocketAcks(TimeProvider time, SocketMetrics metrics)
{
    // Of a client that never acknowledges only so many are remembered: the newest.
    private const int MostTimed = 64;
    private const int MostTerminal = 512;

    private readonly Lock _gate = new();
    private Queue<SentEvent>? _timed;
    private Queue<long>? _terminal;
    private Cursor? _end;
    private Cursor? _newest;
    private int _free;
    private bool _whole;

    /// <summary>The newest acknowledged place.</summary>
    public Cursor? Newest
    {
        get
        {
            lock (_gate)
                return _newest;
        }
    }

    /// <summary>A subscription starts.</summary>
    /// <param name="at">The client receives events from here on; a snapshot covered everything up to here.</param>
    /// <param name="whole">Whether the client receives all videos; it then has everything up to here.</param>
    /// <param name="terminal">Offsets of the terminal events that a snapshot contained, ascending.</param>
    public void Begin(Cursor at, bool whole, IEnumerable<long> terminal)
    {
        lock (_gate)
        {
            (_end, _whole, _timed, _terminal) = (at, whole, null, null);
            _free++;
            // What an earlier socket received and could no longer acknowledge is acknowledged with the rest.
            if (whole)
                terminal = at.Offset > 0 ? [at.Offset] : [];
            foreach (var offset in terminal)
                Remember(offset);
        }
    }

    /// <summary>From now on the client no longer receives all videos.</summary>
    public void Narrow()
    {
        lock (_gate)
            _whole = false;
    }

    /// <summary>An event is on its way. The latency of a <paramref name="replay"/> is not measured: the client was away.</summary>
    public void Sent(Cursor cursor, StatusEvent e, bool replay)
    {
        lock (_gate)
        {
            _end = cursor;
            _free++;
            if (e.JournalPriority is StatusPriority.Critical)
                Remember(cursor.Offset);
            if (replay)
                return;
            _timed ??= new Queue<SentEvent>();
            if (_timed.Count == MostTimed)
                _timed.Dequeue();
            _timed.Enqueue(new SentEvent(cursor.Offset, e.JournalPriority, e.At));
        }
    }

    /// <summary>A frame has said that the client has all events of its channels up to here.</summary>
    public void Passed(Cursor cursor)
    {
        lock (_gate)
            _end = cursor;
    }

    /// <summary>The client acknowledges everything up to <paramref name="cursor"/>.</summary>
    public AckResult Acknowledge(Cursor cursor)
    {
        lock (_gate)
        {
            // Of a journal that is lost, or from before a subscription on this socket: nothing of it can be acknowledged any more.
            if (_end is not { } end || end.Epoch != cursor.Epoch)
                return default;
            if (cursor.Offset > end.Offset)
                return new AckResult(IsAhead: true, IsFree: false, Got: null);
            if (_newest is { } newest && newest.Epoch == cursor.Epoch && cursor.Offset <= newest.Offset)
                return default;

            _newest = cursor;
            while (_timed?.TryPeek(out var sent) is true && sent.Offset <= cursor.Offset)
            {
                _timed.Dequeue();
                metrics.Acknowledged(sent.Lane, time.GetUtcNow() - sent.HappenedAt);
            }

            if (_timed?.Count == 0)
                _timed = null;
            // One for each event sent to the client, and none for unknown places.
            var isFree = _free > 0;
            if (isFree)
                _free--;
            return new AckResult(IsAhead: false, isFree, TakeTerminal(cursor));
        }
    }

    private void Remember(long offset)
    {
        _terminal ??= new Queue<long>();
        if (_terminal.Count == MostTerminal)
            _terminal.Dequeue();
        _terminal.Enqueue(offset);
    }

    private Acknowledgement? TakeTerminal(Cursor cursor)
    {
        List<long>? got = null;
        while (_terminal?.TryPeek(out var offset) is true && offset <= cursor.Offset)
            (got ??= []).Add(_terminal.Dequeue());
        if (_terminal?.Count == 0)
            _terminal = null;
        if (got is null)
            return null;
        return new Acknowledgement(cursor, _whole ? null : got);
    }

    private readonly record struct SentEvent(long Offset, StatusPriority Lane, DateTimeOffset HappenedAt);
}

/// <summary>What an acknowledgement means.</summary>
/// <param name="IsAhead">It names events that were never sent to the client.</param>
/// <param name="IsFree">It confirms something new of what was sent to the client.</param>
/// <param name="Got">The terminal events in it, if there are any.</param>
internal readonly record struct AckResult(bool IsAhead, bool IsFree, Acknowledgement? Got);
