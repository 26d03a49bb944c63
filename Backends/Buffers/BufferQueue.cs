namespace Ingestion.Backends.Buffers;

/// <summary>
/// The parts that wait for memory, and whose turn it is. Small parts go first, so that a short upload does not wait for a thousand long ones, but one turn in
/// five; then parts that end an upload, then in order of arrival: each of those that end one had an ordinary turn before, so the others get at least every
/// second one. Parts of an owner who holds more than a share of the budget wait behind all others,
/// and among such owners the one who holds least goes first. Guarded by the budget's lock.
/// </summary>
internal sealed class BufferQueue
{
    // A lone upload fills one part while one or two before it are on their way.
    private const int AlwaysParts = 3;

    // Turns of small parts in a row.
    private const int MostSmallTurns = 4;

    // By owner: everyone who holds something or waits.
    private readonly Dictionary<string, BufferShare> _shares = new(StringComparer.Ordinal);

    private int _smallTurns;

    public int Count { get; private set; }

    /// <summary>Those who hold something or wait.</summary>
    public int Owners => _shares.Count;

    /// <summary>The part that has waited longest.</summary>
    public BufferWaiter? Oldest
    {
        get
        {
            BufferWaiter? oldest = null;
            foreach (var share in _shares.Values)
            {
                oldest = Older(oldest, share.Ending.First?.Value);
                oldest = Older(oldest, share.Others.First?.Value);
            }

            return oldest;
        }
    }

    /// <summary>What this owner holds and waits for. One who holds nothing and waits for nothing is to be <see cref="Forget">forgotten</see>.</summary>
    public BufferShare ShareOf(string owner) =>
        _shares.TryGetValue(owner, out var share) ? share : _shares[owner] = new BufferShare(owner);

    /// <summary>The part that is served next of a budget of so many bytes; null when none waits.</summary>
    public BufferWaiter? First(long limitBytes, bool onlySmall = false)
    {
        if (Count == 0)
            return null;
        var (first, turn) = ((BufferWaiter?)null, default(Turn));
        foreach (var share in _shares.Values)
        {
            if (share.First is not { } own || (onlySmall && !own.Request.IsSmall))
                continue;
            var ownTurn = TurnOf(own.Request, share.HeldBytes, own.Since, limitBytes);
            if (first is null || ownTurn.IsBefore(turn))
                (first, turn) = (own, ownTurn);
        }

        return first;
    }

    /// <summary>Whether no waiting part comes before this request.</summary>
    public bool IsNext(BufferRequest request, long limitBytes) =>
        First(limitBytes) is not { } first
        || TurnOf(request, _shares.GetValueOrDefault(request.Owner)?.HeldBytes ?? 0, long.MaxValue, limitBytes)
            .IsBefore(TurnOf(first.Request, first.Share.HeldBytes, first.Since, limitBytes));

    public BufferWaiter Add(BufferRequest request, long since)
    {
        var share = ShareOf(request.Owner);
        var waiter = new BufferWaiter(this, share, request, since);
        (request.Ending ? share.Ending : share.Others).AddLast(waiter.Node);
        Count++;
        return waiter;
    }

    /// <summary>A part was served.</summary>
    public void Served(in BufferRequest request) => _smallTurns = request.IsSmall ? Math.Min(_smallTurns + 1, MostSmallTurns) : 0;

    /// <summary>A waiter has left.</summary>
    public void Left(BufferShare share)
    {
        Count--;
        Forget(share);
    }

    /// <summary>Does nothing while the owner holds something or waits.</summary>
    public void Forget(BufferShare share)
    {
        if (share is { HeldBytes: 0, First: null } && _shares.GetValueOrDefault(share.Owner) == share)
            _shares.Remove(share.Owner);
    }

    private static BufferWaiter? Older(BufferWaiter? one, BufferWaiter? other) => one is null || other?.Since < one.Since ? other : one;

    private Turn TurnOf(BufferRequest request, long heldBytes, long since, long limitBytes)
    {
        var share = Math.Max(limitBytes / Math.Max(1, _shares.Count), AlwaysParts * request.Bytes);
        return new Turn(heldBytes + request.Bytes > share ? heldBytes : 0, request.IsSmall && _smallTurns < MostSmallTurns, request.Ending, since);
    }

    /// <summary>
    /// When a part is served: by what its owner holds if that is more than a share (otherwise 0), then by whether it is small, by what it ends, and by its
    /// arrival.
    /// </summary>
    private readonly record struct Turn(long HeldBytes, bool Small, bool Ending, long Since)
    {
        public bool IsBefore(in Turn other)
        {
            if (HeldBytes != other.HeldBytes)
                return HeldBytes < other.HeldBytes;
            if (Small != other.Small)
                return Small;
            return Ending != other.Ending ? Ending : Since < other.Since;
        }
    }
}
