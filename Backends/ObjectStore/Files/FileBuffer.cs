using Ingestion.Backends.Buffers;

namespace Ingestion.Backends.ObjectStore.Files;

/// <summary>A small buffer, or a block with the room that was reserved for it.</summary>
internal sealed class FileBuffer : IDisposable
{
    private readonly BufferBudget _budget;
    private readonly BufferReservation? _reservation;
    private readonly BufferBlock _block;
    private bool _returned;

    private FileBuffer(BufferBudget budget, BufferReservation? reservation, BufferBlock block) =>
        (_budget, _reservation, _block) = (budget, reservation, block);

    public bool IsSmall => _reservation is null;

    public int Size => _block.Size;

    public Memory<byte> Memory => _block.Memory;

    public static FileBuffer Small(BufferBudget budget) => new(budget, null, budget.RentSmall());

    /// <summary>Null when there is no room for a block.</summary>
    public static FileBuffer? TryBlock(BufferBudget budget, bool spare = false) =>
        budget.TryReserveBlock(spare) is { } reservation ? new FileBuffer(budget, reservation, reservation.TryRent()!) : null;

    /// <summary>Nothing may use it afterwards, not even a write under way.</summary>
    public void Dispose()
    {
        if (_returned)
            return;
        _returned = true;
        if (_reservation is null)
        {
            _budget.ReturnSmall(_block);
            return;
        }

        _reservation.Return(_block);
        _reservation.Dispose();
    }
}
