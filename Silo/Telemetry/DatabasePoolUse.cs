namespace Ingestion.Silo.Telemetry;

/// <summary>How one pool of connections is used.</summary>
internal sealed class DatabasePoolUse(TimeProvider time)
{
    private readonly Lock _gate = new();
    private long _changedAt;
    private TimeSpan _waitTime;
    private long _waiting;
    private long _waited;
    private long _timedOut;

    /// <summary>Connections that do something.</summary>
    public long Used { get; set; }

    /// <summary>Connections that are open and do nothing.</summary>
    public long Idle { get; set; }

    /// <summary>Connections at most.</summary>
    public long Limit { get; set; }

    /// <summary>Requests that wait now.</summary>
    public long Waiting => Interlocked.Read(ref _waiting);

    /// <summary>Requests that had to wait.</summary>
    public long Waited => Interlocked.Read(ref _waited);

    /// <summary>Requests that gave up.</summary>
    public long TimedOut => Interlocked.Read(ref _timedOut);

    /// <summary>How long requests waited, all together, with those that still wait.</summary>
    public TimeSpan WaitTime
    {
        get
        {
            lock (_gate)
            {
                Advance();
                return _waitTime;
            }
        }
    }

    /// <summary>A request begins to wait (1), or waits no more (-1).</summary>
    public void Wait(int change)
    {
        lock (_gate)
        {
            Advance();
            // One that began before anything listened ends as if it had not been.
            _waiting = Math.Max(0, _waiting + change);
            if (change > 0)
                _waited += change;
        }
    }

    /// <summary>A request gave up.</summary>
    public void TimeOut() => Interlocked.Increment(ref _timedOut);

    private void Advance()
    {
        var now = time.GetTimestamp();
        _waitTime += _waiting * time.GetElapsedTime(_changedAt, now);
        _changedAt = now;
    }
}
