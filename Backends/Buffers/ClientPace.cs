namespace Ingestion.Backends.Buffers;

/// <summary>
/// How fast a client sends: bytes over the time in which we waited for it. The time that it waited for us (for memory, for a part to be
/// stored) counts nothing. Recent parts count more than older ones.
/// </summary>
internal sealed class ClientPace(TimeProvider time)
{
    // Below that nothing is known: the first bytes of many requests at a time come slowly because we are busy.
    private static readonly TimeSpan _shortestSample = TimeSpan.FromMilliseconds(250);

    private TimeSpan _waited;
    private long _bytes;
    private long? _ready = time.GetTimestamp();

    /// <summary>Bytes have come.</summary>
    public void Came(int count)
    {
        if (_ready is not { } ready)
            return;
        _waited += time.GetElapsedTime(ready);
        _bytes += count;
        _ready = null;
    }

    /// <summary>From now on we wait for the client.</summary>
    public void Ready() => _ready = time.GetTimestamp();

    /// <summary>The client is not to blame until <see cref="Ready"/>.</summary>
    public void Pause() => _ready = null;

    /// <summary>A new part begins: what was before counts half.</summary>
    public void Age() => (_waited, _bytes) = (_waited / 2, _bytes / 2);

    /// <summary>Whether anything is known.</summary>
    public bool IsKnown => _bytes > 0;

    /// <summary>Whether so many bytes would take it longer than this.</summary>
    public bool IsSlowFor(long bytes, TimeSpan longest) => _waited >= _shortestSample && (_bytes == 0 || _waited * ((double)bytes / _bytes) > longest);
}
