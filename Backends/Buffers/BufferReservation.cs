namespace Ingestion.Backends.Buffers;

/// <summary>
/// Room for one part in the budget. Its blocks are taken from the system as they are needed, so that a reservation costs no memory
/// before its bytes come. Used by one at a time.
/// </summary>
internal sealed class BufferReservation(BufferBudget budget, BufferShare share, in BufferRequest request, long grantedAt) : IDisposable
{
    private int _rented;

    /// <summary>What is still reserved, the rented blocks included. Changed under the budget's lock.</summary>
    public long Bytes { get; set; }

    /// <summary>Of its owner, who holds it.</summary>
    public BufferShare Share { get; } = share;

    /// <summary>When it was granted, as a timestamp.</summary>
    public long GrantedAt { get; } = grantedAt;

    /// <summary>Bytes of blocks in use: how far its part has come.</summary>
    public long Filled => (long)Volatile.Read(ref _rented) * BufferBudget.BlockSize;

    /// <summary>What demotes its part.</summary>
    public Action Demote { get; } = request.Demote;

    /// <summary>Of a small part.</summary>
    public bool IsSmall { get; } = request.IsSmall;

    /// <summary>The next block; null when all that was reserved is in use.</summary>
    public BufferBlock? TryRent()
    {
        if (Filled + BufferBudget.BlockSize > Bytes)
            return null;
        var block = budget.RentBlock();
        Volatile.Write(ref _rented, _rented + 1);
        return block;
    }

    /// <summary>Gives a block back, and its share of the room with it.</summary>
    public void Return(BufferBlock block)
    {
        Volatile.Write(ref _rented, _rented - 1);
        budget.ReturnBlock(block);
        budget.Release(this, BufferBudget.BlockSize);
    }

    /// <summary>Adds a block's room if there is any right now.</summary>
    public bool TryGrow() => budget.TryGrow(this);

    /// <summary>Its part is complete and on its way: it gives its memory back by itself.</summary>
    public void Seal() => budget.Seal(this);

    /// <summary>Gives the room of blocks back that are not in use.</summary>
    public void Dispose()
    {
        budget.Seal(this);
        budget.Release(this, Bytes - Filled);
    }
}
