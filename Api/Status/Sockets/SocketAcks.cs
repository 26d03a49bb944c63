using Ingestion.Status;

namespace Ingestion.Api.Status.Sockets;

/// <summary>
/// What the client of one socket was told and has not acknowledged yet: how long events took to reach it, and which of the terminal ones it has.
/// </summary>
internal sealed class SocketAcks(TimeProvider time, SocketMetrics metrics)
{
    // Of a client that never acknowledges only so many are remembered: the newest.
    private const int MostTimed = 64;
    private const int MostTerminal = 512;

    private readonly Lock _gate = new();
    private Queue<Told>? _timed;
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
    /// <param name="at">From here on it is told what comes; a snapshot has told it what was up to here.</param>
    /// <param name="whole">Whether it is told of all videos; it then knows all there is up to here.</param>
    /// <param name="terminal">Offsets of the terminal events that a snapshot has told, ascending.</param>
    public void Begin(Cursor at, bool whole, IEnumerable<long> terminal)
    {
        lock (_gate)
        {
            (_end, _whole, _timed, _terminal) = (at, whole, null, null);
            _free++;
            // What a socket before this one was told, and could not acknowledge any more, is acknowledged with the rest.
            if (whole)
                terminal = at.Offset > 0 ? [at.Offset] : [];
            foreach (var offset in terminal)
                Remember(offset);
        }
    }

    /// <summary>From now on it is not told of all videos any more.</summary>
    public void Narrow()
    {
        lock (_gate)
            _whole = false;
    }

    /// <summary>An event is on its way. How long those of a <paramref name="replay"/> take says nothing: their client was not there.</summary>
    public void Tell(Cursor cursor, StatusEvent e, bool replay)
    {
        lock (_gate)
        {
            _end = cursor;
            _free++;
            if (e.JournalPriority is StatusPriority.Critical)
                Remember(cursor.Offset);
            if (replay)
                return;
            _timed ??= new Queue<Told>();
            if (_timed.Count == MostTimed)
                _timed.Dequeue();
            _timed.Enqueue(new Told(cursor.Offset, e.JournalPriority, e.At));
        }
    }

    /// <summary>The client says that everything up to <paramref name="cursor"/> has arrived.</summary>
    public AckResult Acknowledge(Cursor cursor)
    {
        lock (_gate)
        {
            // Of a journal that is lost, or from before a subscription on this socket: nothing of it can be told any more.
            if (_end is not { } end || end.Epoch != cursor.Epoch)
                return default;
            if (cursor.Offset > end.Offset)
                return new AckResult(IsAhead: true, IsFree: false, Got: null);
            if (_newest is { } newest && newest.Epoch == cursor.Epoch && cursor.Offset <= newest.Offset)
                return default;

            _newest = cursor;
            while (_timed?.TryPeek(out var told) is true && told.Offset <= cursor.Offset)
            {
                _timed.Dequeue();
                metrics.Acknowledged(told.Lane, time.GetUtcNow() - told.HappenedAt);
            }

            if (_timed?.Count == 0)
                _timed = null;
            // One for each event that it was told: neither more, nor for places of which it knows nothing.
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

    private readonly record struct Told(long Offset, StatusPriority Lane, DateTimeOffset HappenedAt);
}

/// <summary>What an acknowledgement says.</summary>
/// <param name="IsAhead">It is of events that the client was never told.</param>
/// <param name="IsFree">It says something new about what the client was told.</param>
/// <param name="Got">The terminal events in it, if there are any.</param>
internal readonly record struct AckResult(bool IsAhead, bool IsFree, Acknowledgement? Got);
