namespace Ingestion.Backends.ObjectStore.S3;

/// <summary>How a try in the window ended.</summary>
internal enum S3TryEnd
{
    /// <summary>In a way that says nothing about the pace of the store.</summary>
    Other,

    /// <summary>The store has taken it.</summary>
    Taken,

    /// <summary>No answer came in time, or the store asked for less.</summary>
    TooMuch,
}

/// <summary>
/// How many bodies go to the store at once: as many as it takes in time. Where a try ends without an answer there were too many for the way to the store, and
/// all of them would be sent again and again, in vain. So half as many go then; each that is taken adds its share, one more for a whole window of them (as TCP
/// does). Others wait, in their order; but small ones go before large ones, so that a short upload does not wait for a thousand long ones, and one turn in five
/// is that of the large ones all the same.
/// </summary>
/// <param name="most">The largest window, and the first one.</param>
internal sealed class S3Window(int most)
{
    /// <summary>Bytes of a small body at most.</summary>
    public const long Small = 256 * 1024;

    // Below it one lost answer weighs too much.
    private const int Least = 2;

    // Turns of small ones in a row while large ones wait.
    private const int MostSmallTurns = 4;

    private readonly Lock _gate = new();
    private readonly LinkedList<TaskCompletionSource<long>> _waiting = [];
    private readonly LinkedList<TaskCompletionSource<long>> _waitingSmall = [];
    private double _size = most;
    private int _used;
    private long _round;
    private int _smallTurns;

    /// <summary>Bodies that may go at once now.</summary>
    public int Size
    {
        get
        {
            lock (_gate)
                return (int)_size;
        }
    }

    /// <summary>Bodies that wait for their turn.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate)
                return _waiting.Count + _waitingSmall.Count;
        }
    }

    /// <summary>Waits for a place.</summary>
    /// <param name="size">Bytes of the body.</param>
    /// <param name="cancellationToken">Gives the wait up.</param>
    /// <returns>The round in which it began, for <see cref="Leave"/>.</returns>
    public async Task<long> EnterAsync(long size, CancellationToken cancellationToken)
    {
        LinkedListNode<TaskCompletionSource<long>> place;
        lock (_gate)
        {
            if (_used < (int)_size && _waiting.Count + _waitingSmall.Count == 0)
            {
                _used++;
                return _round;
            }

            place = (size <= Small ? _waitingSmall : _waiting).AddLast(new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        await using var leaving = cancellationToken.UnsafeRegister(_ => GiveUp(place, cancellationToken), state: null);
        return await place.Value.Task;
    }

    /// <summary>Gives the place back.</summary>
    public void Leave(long round, S3TryEnd end)
    {
        lock (_gate)
        {
            _used--;
            // Those that began before the window shrank say nothing about the smaller one.
            if (end is S3TryEnd.TooMuch && round == _round)
                (_size, _round) = (Math.Max(Math.Min(Least, most), _size / 2), _round + 1);
            else if (end is S3TryEnd.Taken)
                _size = Math.Min(most, _size + (1 / _size));
            while (_used < (int)_size && Next() is { } next)
            {
                next.List!.Remove(next);
                _used++;
                next.Value.SetResult(_round);
            }
        }
    }

    private LinkedListNode<TaskCompletionSource<long>>? Next()
    {
        var small = _waitingSmall.First is not null && (_waiting.First is null || _smallTurns < MostSmallTurns);
        _smallTurns = small && _waiting.First is not null ? _smallTurns + 1 : 0;
        return small ? _waitingSmall.First : _waiting.First;
    }

    private void GiveUp(LinkedListNode<TaskCompletionSource<long>> place, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            // Its turn has come meanwhile.
            if (place.List is not { } list)
                return;
            list.Remove(place);
        }

        place.Value.SetCanceled(cancellationToken);
    }
}
