using Ingestion.Silos;

namespace Ingestion.Backends.Buffers;

/// <summary>
/// One budget and one pool for the buffers of all uploads of this process. A part is buffered in memory only once its full size is reserved,
/// in the order of <see cref="BufferQueue"/>: so as many parts as fit run at the speed of their clients, and the others wait in their sockets, instead of
/// all of them getting stuck half filled. A part that waited for <see cref="LongestWait"/> goes to disk instead, and so does one that fills
/// slowly while others wait. Beside that every writer may have one small buffer at any time, which is counted but never refused: the budget
/// can be exceeded by those, by one part of the store, which has room whatever they take, and by a few small parts.
/// </summary>
internal sealed class BufferBudget : IBufferBudget, IDisposable
{
    /// <summary>Bytes of a block.</summary>
    public const int BlockSize = 256 * 1024;

    /// <summary>Bytes of a small buffer: what a slow client holds.</summary>
    public const int SmallSize = 16 * 1024;

    /// <summary>How long a part waits for memory before it goes to disk: well below the timeouts of clients and proxies.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    /// <summary>So that a lone upload keeps the line to the store busy while the next part comes.</summary>
    public const int MostPartsInFlight = 2;

    // Small parts have room of their own: those of 1,000 long uploads may hold all the rest for as long as a slow store takes.
    private const long SmallRoom = 8L * BlockSize;

    // Small ones come and go with every upload, so some are kept at any budget.
    private const long MostIdleSmall = 4L * 1024 * 1024;

    private static readonly TimeSpan _tick = TimeSpan.FromMilliseconds(500);

    private readonly Lock _gate = new();
    private readonly StagingFolder _staging;
    private readonly TimeProvider _time;
    private readonly BlockPool<BufferBlock> _blocks;
    private readonly BlockPool<BufferBlock> _small;
    private readonly BufferQueue _queue = new();
    private readonly List<BufferReservation> _filling = [];
    private readonly ITimer _ticker;
    private long _limit;
    private long _reserved;
    private long _reservedBySmall;
    private long _smallBytes;
    private long _blockBytes;
    private bool _ticking;

    public BufferBudget(long limitBytes, StagingFolder staging, TimeProvider time)
    {
        (_limit, _staging, _time) = (limitBytes, staging, time);
        _blocks = BufferBlock.CreatePool(BlockSize, time);
        _small = BufferBlock.CreatePool(SmallSize, time);
        _ticker = time.CreateTimer(static budget => ((BufferBudget)budget!).Tick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public long LimitBytes
    {
        get => Interlocked.Read(ref _limit);
        set
        {
            lock (_gate)
            {
                _limit = value;
                GrantWaiting();
            }

            _blocks.Shrink(value - Interlocked.Read(ref _blockBytes));
        }
    }

    /// <summary>Set by an object store whose parts must be in memory as a whole.</summary>
    public long LeastLimitBytes { get; set; } = BlockSize;

    public int PartsInFlight { get; set; } = MostPartsInFlight;

    public long UsedBytes => Interlocked.Read(ref _blockBytes) + Interlocked.Read(ref _smallBytes);

    public long StagedBytes => _staging.Bytes;

    public int Waiting
    {
        get
        {
            lock (_gate)
                return _queue.Count;
        }
    }

    /// <summary>Owners of parts that hold something or wait.</summary>
    public int Owners
    {
        get
        {
            lock (_gate)
                return _queue.Owners;
        }
    }

    /// <summary>Bytes that parts may still take, taken or not.</summary>
    public long ReservedBytes => Interlocked.Read(ref _reserved);

    /// <summary>Bytes of the small buffers, which no limit holds back.</summary>
    public long SmallBytes => Interlocked.Read(ref _smallBytes);

    /// <summary>Memory that is kept for the next part.</summary>
    public long IdleBytes => _blocks.IdleBytes + _small.IdleBytes;

    /// <summary>Waits for room; null when the part should go to disk instead.</summary>
    public ValueTask<BufferReservation?> ReserveAsync(BufferRequest request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        request = request with { Bytes = (request.Bytes + BlockSize - 1) / BlockSize * BlockSize };
        BufferWaiter waiter;
        lock (_gate)
        {
            if (Fits(request))
                return new(Grant(request));
            if (request.Slow || request.Bytes > _limit)
                return default;
            waiter = _queue.Add(request, _time.GetTimestamp());
            // A small part may have room while it is the turn of a large one that has none.
            if (request.IsSmall)
                GrantWaiting();
            if (!_ticking)
                _ticking = _ticker.Change(_tick, _tick);
        }

        return new(WaitAsync(waiter, cancellationToken));
    }

    /// <summary>
    /// Room for one block if there is any right now, for callers that can do without; null when there is none or others wait. With
    /// <paramref name="spare"/> only as long as half of the budget stays free.
    /// </summary>
    public BufferReservation? TryReserveBlock(bool spare)
    {
        lock (_gate)
        {
            var left = Free - BlockSize - (spare ? _limit / 2 : 0);
            return left < 0 || _queue.Count > 0 ? null : Grant(new BufferRequest(Owner: "", BlockSize, Slow: false, Ending: false, static () => { }));
        }
    }

    /// <summary>A small buffer; never refused.</summary>
    public BufferBlock RentSmall()
    {
        Interlocked.Add(ref _smallBytes, SmallSize);
        return _small.Rent();
    }

    /// <summary>Takes a small buffer back; nothing may use it afterwards.</summary>
    public void ReturnSmall(BufferBlock buffer)
    {
        _small.Return(buffer, MostIdleSmall);
        lock (_gate)
        {
            Interlocked.Add(ref _smallBytes, -SmallSize);
            GrantWaiting();
        }
    }

    public void Dispose()
    {
        _ticker.Dispose();
        _blocks.Dispose();
        _small.Dispose();
    }

    internal BufferBlock RentBlock()
    {
        Interlocked.Add(ref _blockBytes, BlockSize);
        return _blocks.Rent();
    }

    internal void ReturnBlock(BufferBlock block) =>
        _blocks.Return(block, LimitBytes - Interlocked.Add(ref _blockBytes, -BlockSize));

    internal void Release(BufferReservation reservation, long bytes)
    {
        lock (_gate)
        {
            Hold(reservation, -bytes);
            _queue.Forget(reservation.Share);
            GrantWaiting();
        }
    }

    internal bool TryGrow(BufferReservation reservation)
    {
        lock (_gate)
        {
            if (_queue.Count > 0 || BlockSize > Free)
                return false;
            Hold(reservation, BlockSize);
            return true;
        }
    }

    internal void Seal(BufferReservation reservation)
    {
        lock (_gate)
            _filling.Remove(reservation);
    }

    private long Free => _limit - _reserved - Interlocked.Read(ref _smallBytes);

    private long RoomFor(in BufferRequest request) => Math.Max(Free, OwnRoomFor(request));

    /// <summary>
    /// What no other kind of part can take. Parts that wait hold small buffers: where those took all of it, no part could ever be sent, and all would wait for
    /// each other.
    /// </summary>
    private long OwnRoomFor(in BufferRequest request) => request.IsSmall
        ? Math.Min(SmallRoom, _limit) - _reservedBySmall
        : Math.Min(LeastLimitBytes, _limit) - (_reserved - _reservedBySmall);

    private bool Fits(BufferRequest request)
    {
        if (request.Slow)
            return _queue.Count == 0 && request.Bytes <= Free - (_limit / 4 * 3);
        return request.Bytes <= RoomFor(request) && _queue.IsNext(request, _limit);
    }

    private BufferReservation Grant(BufferRequest request)
    {
        var reservation = new BufferReservation(this, _queue.ShareOf(request.Owner), request, _time.GetTimestamp());
        Hold(reservation, request.Bytes);
        _queue.Served(request);
        _filling.Add(reservation);
        return reservation;
    }

    private void Hold(BufferReservation reservation, long bytes)
    {
        reservation.Bytes += bytes;
        reservation.Share.HeldBytes += bytes;
        Interlocked.Add(ref _reserved, bytes);
        if (reservation.IsSmall)
            _reservedBySmall += bytes;
    }

    private void GrantWaiting()
    {
        while (_queue.First(_limit) is { } next)
        {
            if (next.Request.Bytes > _limit)
                next.Answer(null);
            else if (next.Request.Bytes <= RoomFor(next.Request))
                next.Answer(Grant(next.Request));
            else
                break;
        }

        // It is the turn of a part that has no room: what it waits for must not go to others, but small ones have some of their own.
        while (_queue.First(_limit, onlySmall: true) is { } small && small.Request.Bytes <= OwnRoomFor(small.Request))
            small.Answer(Grant(small.Request));
    }

    private async Task<BufferReservation?> WaitAsync(BufferWaiter waiter, CancellationToken cancellationToken)
    {
        await using var leaving = cancellationToken.UnsafeRegister(
            (_, token) =>
            {
                lock (_gate)
                    waiter.Cancel(token);
            },
            null);
        return await waiter.Task;
    }

    /// <summary>Runs while parts wait.</summary>
    private void Tick()
    {
        BufferReservation[] slow;
        lock (_gate)
        {
            while (_queue.Oldest is { } oldest && _time.GetElapsedTime(oldest.Since) >= LongestWait)
                oldest.Answer(null);
            if (_queue.Count == 0)
            {
                _ticking = !_ticker.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
                return;
            }

            slow = [.. _filling.Where(IsSlow)];
        }

        foreach (var reservation in slow)
            reservation.Demote();
    }

    private bool IsSlow(BufferReservation reservation) =>
        SlowFill.IsSlow(_time.GetElapsedTime(reservation.GrantedAt), reservation.Filled, reservation.Bytes);
}
