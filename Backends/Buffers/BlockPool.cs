namespace Ingestion.Backends.Buffers;

/// <summary>
/// Blocks of one size. Returned blocks are kept for the next request, but blocks that were not requested during a whole
/// <see cref="_trimPeriod"/> go back to the system: a rush maps each block once, and its memory goes with it.
/// </summary>
internal sealed class BlockPool<T> : IDisposable
    where T : class
{
    private static readonly TimeSpan _trimPeriod = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private readonly Stack<T> _idle = [];
    private readonly ITimer _trimmer;
    private readonly int _blockSize;
    private readonly Func<int, T> _create;
    private readonly Action<T> _free;

    // The least number of idle blocks since the last trim: that many were not needed.
    private int _leastIdle;
    private bool _trimming;
    private bool _disposed;

    /// <summary>Blocks of so many bytes, and how one is taken from and given back to the system.</summary>
    public BlockPool(int blockSize, Func<int, T> create, Action<T> free, TimeProvider time)
    {
        (_blockSize, _create, _free) = (blockSize, create, free);
        _trimmer = time.CreateTimer(static pool => ((BlockPool<T>)pool!).Trim(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Bytes of blocks that are not in use.</summary>
    public long IdleBytes
    {
        get
        {
            lock (_gate)
                return (long)_idle.Count * _blockSize;
        }
    }

    public T Rent()
    {
        lock (_gate)
        {
            if (_idle.TryPop(out var block))
            {
                _leastIdle = Math.Min(_leastIdle, _idle.Count);
                return block;
            }
        }

        return _create(_blockSize);
    }

    /// <summary>Nothing may use the block afterwards. It is kept only as long as no more than <paramref name="mostIdleBytes"/> are.</summary>
    public void Return(T block, long mostIdleBytes)
    {
        lock (_gate)
        {
            if (!_disposed && (long)(_idle.Count + 1) * _blockSize <= mostIdleBytes)
            {
                _idle.Push(block);
                if (!_trimming)
                    _trimming = _trimmer.Change(_trimPeriod, _trimPeriod);
                return;
            }
        }

        _free(block);
    }

    /// <summary>Frees idle blocks until no more than <paramref name="mostIdleBytes"/> are left.</summary>
    public void Shrink(long mostIdleBytes)
    {
        lock (_gate)
            Free(_idle.Count - (int)Math.Clamp(mostIdleBytes / _blockSize, 0, _idle.Count));
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            Free(_idle.Count);
        }

        _trimmer.Dispose();
    }

    private void Trim()
    {
        lock (_gate)
        {
            if (_disposed)
                return;
            Free(_leastIdle);
            _leastIdle = _idle.Count;
            if (_idle.Count == 0)
                _trimming = !_trimmer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    private void Free(int count)
    {
        for (; count > 0 && _idle.TryPop(out var block); count--)
            _free(block);
        _leastIdle = Math.Min(_leastIdle, _idle.Count);
    }
}
