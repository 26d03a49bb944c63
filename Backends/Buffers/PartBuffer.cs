
namespace Ingestion.Backends.Buffers;

/// <summary>
/// The bytes of one part until they are stored: first in a small buffer, then in reserved memory, or on disk when there is none or when its
/// client turns out to be slow. Its content is what is on disk, then the full blocks, then the open one.
/// </summary>
internal sealed class PartBuffer(PartBufferSource source, ClientPace pace, PartBufferPlan plan) : IAsyncDisposable
{
    // Memory for longer than this is not for a client that others wait for.
    private static readonly TimeSpan _longestFill = TimeSpan.FromSeconds(4);

    // Between the writer, and the budget that wants memory back.
    private readonly SemaphoreSlim _gate = new(1);
    private readonly List<BufferBlock> _full = [];
    private BufferBlock? _open;
    private int _openUsed;
    private BufferReservation? _reservation;
    private StagingFile? _file;
    private uint _fileCrc = Crc32C.Start;
    private Task _demotion = Task.CompletedTask;
    private volatile bool _demoted;
    private bool _sealed;

    /// <summary>Bytes it holds.</summary>
    public long Length { get; private set; }

    public bool IsFull => Length == plan.Size;

    /// <summary>Where the next bytes go; never empty unless it is full.</summary>
    public Memory<byte> GetMemory()
    {
        _open ??= source.Budget.RentSmall();
        var space = _open.Memory[_openUsed..];
        return space.Length > plan.Size - Length ? space[..(int)(plan.Size - Length)] : space;
    }

    /// <summary>Where the client's pace is known, reserves memory before the first byte. Returns when there is a place for it.</summary>
    public async ValueTask PrepareAsync(CancellationToken cancellationToken)
    {
        if (_open is not null || !pace.IsKnown || IsSlow)
            return;
        if (await source.Budget.ReserveAsync(Request(slow: false), cancellationToken) is { } reservation)
            (_reservation, _open) = (reservation, reservation.TryRent());
    }

    /// <summary>Takes bytes that are in <see cref="GetMemory"/> and makes room for more. Cancelled or failed, it has them all the same.</summary>
    public async ValueTask AdvanceAsync(int count, CancellationToken cancellationToken)
    {
        _openUsed += count;
        Length += count;
        if (IsFull || (_openUsed < _open!.Size && !_demoted))
            return;
        await _gate.WaitAsync(cancellationToken);
        try
        {
            await MakeRoomAsync(cancellationToken);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Nothing more comes, and it stays where it is.</summary>
    public async ValueTask SealAsync()
    {
        await _gate.WaitAsync();
        _sealed = true;
        _reservation?.Seal();
        _gate.Release();
    }

    /// <summary>Writes all of it; may be called again. Only once sealed.</summary>
    public async Task CopyToAsync(Stream destination, CancellationToken cancellationToken)
    {
        if (_file is { Length: > 0 } file)
            await CopyFileAsync(file, destination, cancellationToken);
        foreach (var block in _full)
            await destination.WriteAsync(block.Memory, cancellationToken);
        if (_openUsed > 0)
            await destination.WriteAsync(_open!.Memory[.._openUsed], cancellationToken);
    }

    /// <summary>CRC-32C of all of it. Only once sealed.</summary>
    public uint Checksum()
    {
        var crc = _fileCrc;
        foreach (var block in _full)
            crc = Crc32C.Append(crc, block.Memory.Span);
        return Crc32C.End(_openUsed == 0 ? crc : Crc32C.Append(crc, _open!.Memory.Span[.._openUsed]));
    }

    /// <summary>Frees everything. Nothing may be reading it any more.</summary>
    public async ValueTask DisposeAsync()
    {
        await SealAsync();
        await _demotion;
        foreach (var block in _full)
            _reservation!.Return(block);
        _full.Clear();
        ReturnOpen();
        _reservation?.Dispose();
        _file?.Dispose();
        (_reservation, _file) = (null, null);
    }

    private bool IsSlow => pace.IsSlowFor(Wanted, _longestFill);

    private long Wanted => plan.Expected > Length ? Math.Min(plan.Expected, plan.Size) : plan.Size;

    private BufferRequest Request(bool slow) => new(plan.Owner, Wanted, slow, plan.Ending, () => _demotion = DemoteAsync());

    private async ValueTask MakeRoomAsync(CancellationToken cancellationToken)
    {
        if (_reservation is null && _file is null)
            await MoveToMemoryAsync(cancellationToken);
        else if (_demoted || !TryAddBlock())
            await SpillAsync(cancellationToken);
    }

    private bool TryAddBlock()
    {
        if (_openUsed < _open!.Size)
            return true;
        var block = _reservation?.TryRent();
        // More than expected came if the reservation is spent.
        if (block is null && _reservation?.TryGrow() is true)
            block = _reservation.TryRent();
        if (block is null)
            return false;
        _full.Add(_open);
        (_open, _openUsed) = (block, 0);
        return true;
    }

    private async ValueTask MoveToMemoryAsync(CancellationToken cancellationToken)
    {
        var reservation = await source.Budget.ReserveAsync(Request(slow: IsSlow), cancellationToken);
        if (reservation?.TryRent() is not { } block)
        {
            await SpillAsync(cancellationToken);
            return;
        }

        _open!.Memory.Span[.._openUsed].CopyTo(block.Memory.Span);
        source.Budget.ReturnSmall(_open);
        (_reservation, _open) = (reservation, block);
    }

    /// <summary>All of it goes to disk, and from then on a small buffer is what it holds of memory.</summary>
    private async ValueTask SpillAsync(CancellationToken cancellationToken)
    {
        await SpillFullAsync(cancellationToken);
        await AppendAsync(_open!.Memory[.._openUsed], cancellationToken);
        _openUsed = 0;
        if (_reservation is null)
            return;
        ReturnOpen();
        _reservation.Dispose();
        _reservation = null;
        _open = source.Budget.RentSmall();
        _demoted = false;
    }

    /// <summary>The full blocks go to disk, one by one, so that the content is right whenever that fails.</summary>
    private async ValueTask SpillFullAsync(CancellationToken cancellationToken)
    {
        while (_full.Count > 0)
        {
            await AppendAsync(_full[0].Memory, cancellationToken);
            _reservation!.Return(_full[0]);
            _full.RemoveAt(0);
        }
    }

    /// <summary>The open block stays until its writer comes by: its client may be reading into it.</summary>
    private async Task DemoteAsync()
    {
        await _gate.WaitAsync();
        try
        {
            if (_sealed || _demoted || _reservation is null)
                return;
            // First of all, so that a writer that comes meanwhile moves the open block too.
            _demoted = true;
            await SpillFullAsync(CancellationToken.None);
            source.Demoted();
        }
        catch (IOException e)
        {
            // It stays in memory, and the others keep waiting.
            _demoted = false;
            source.DemotionFailed(e);
        }
        finally
        {
            _gate.Release();
        }
    }

    private async ValueTask AppendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        if (_file is null)
        {
            _file = await source.Staging.CreateAsync(plan.VideoId, plan.Epoch, cancellationToken);
            source.Staged();
        }

        await _file.AppendAsync(bytes, cancellationToken);
        _fileCrc = Crc32C.Append(_fileCrc, bytes.Span);
    }

    private async Task CopyFileAsync(StagingFile file, Stream destination, CancellationToken cancellationToken)
    {
        var buffer = source.Budget.RentSmall();
        try
        {
            for (long at = 0; at < file.Length;)
            {
                var count = await file.ReadAsync(buffer.Memory, at, cancellationToken);
                if (count == 0)
                    throw new InvalidDataException("A staging file is shorter than what was written to it.");
                await destination.WriteAsync(buffer.Memory[..count], cancellationToken);
                at += count;
            }
        }
        finally
        {
            source.Budget.ReturnSmall(buffer);
        }
    }

    private void ReturnOpen()
    {
        if (_open is null)
            return;
        if (_open.Size == BufferBudget.SmallSize)
            source.Budget.ReturnSmall(_open);
        else
            _reservation!.Return(_open);
        (_open, _openUsed) = (null, 0);
    }
}
