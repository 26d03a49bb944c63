using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Ingestion.Backends.Disk;

/// <summary>
/// A buffer that direct I/O takes: outside the managed heap, aligned to a page. Returned buffers are kept for the next upload up to a bound
/// and freed beyond, so that the memory of a rush goes back to the system with it.
/// </summary>
internal sealed unsafe class AlignedBuffer : MemoryManager<byte>
{
    /// <summary>Bytes. Direct writes of this size already reach the disk's speed when a few run side by side.</summary>
    public const int Size = 128 * 1024;

    /// <summary>What offsets and lengths of direct I/O must be a multiple of; the largest block size in use.</summary>
    public const int Alignment = 4096;

    private const int KeptIdle = 64;

    private static readonly ConcurrentBag<AlignedBuffer> _idle = [];
    private static int _idleCount;

    private void* _bytes = NativeMemory.AlignedAlloc(Size, Alignment);

    private AlignedBuffer()
    {
    }

    public static AlignedBuffer Rent()
    {
        if (!_idle.TryTake(out var buffer))
            return new AlignedBuffer();
        Interlocked.Decrement(ref _idleCount);
        return buffer;
    }

    /// <summary>Nothing may use the buffer afterwards, not even a write under way.</summary>
    public static void Return(AlignedBuffer buffer)
    {
        if (Interlocked.Increment(ref _idleCount) <= KeptIdle)
        {
            _idle.Add(buffer);
            return;
        }

        Interlocked.Decrement(ref _idleCount);
        ((IDisposable)buffer).Dispose();
    }

    public override Span<byte> GetSpan() => new(_bytes, Size);

    public override MemoryHandle Pin(int elementIndex = 0) => new((byte*)_bytes + elementIndex);

    public override void Unpin()
    {
        // It never moves.
    }

    protected override void Dispose(bool disposing)
    {
        NativeMemory.AlignedFree(_bytes);
        _bytes = null;
    }
}
