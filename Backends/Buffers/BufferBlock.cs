using System.Buffers;
using System.Runtime.InteropServices;

namespace Ingestion.Backends.Buffers;

/// <summary>
/// Memory outside the managed heap, aligned to a page so that direct I/O takes it too. On Linux and macOS it is mapped from the system and
/// unmapped when freed: malloc keeps freed blocks of this size in its arenas, where they would stay part of the process.
/// </summary>
internal sealed unsafe partial class BufferBlock : MemoryManager<byte>
{
    private const int ReadAndWrite = 0x3;
    private const int PrivateAnonymousLinux = 0x22;
    private const int PrivateAnonymousMac = 0x1002;
    private const nint Failed = -1;

    private readonly int _size;
    private void* _bytes;

    /// <summary>Takes <paramref name="size"/> bytes, a multiple of the page size, from the system.</summary>
    public BufferBlock(int size)
    {
        _size = size;
        if (!IsMapped)
        {
            _bytes = NativeMemory.AlignedAlloc((nuint)size, (nuint)Environment.SystemPageSize);
            return;
        }

        var mapped = Map(0, (nuint)size, ReadAndWrite, OperatingSystem.IsMacOS() ? PrivateAnonymousMac : PrivateAnonymousLinux, -1, 0);
        if (mapped == Failed)
            throw new InsufficientMemoryException($"The system has no {size} bytes for a buffer: {Marshal.GetLastPInvokeErrorMessage()}.");
        _bytes = (void*)mapped;
    }

    /// <summary>Bytes.</summary>
    public int Size => _size;

    /// <summary>A pool of blocks of <paramref name="size"/> bytes.</summary>
    public static BlockPool<BufferBlock> CreatePool(int size, TimeProvider time) =>
        new(size, static size => new BufferBlock(size), static block => block.Free(), time);

    private static bool IsMapped => OperatingSystem.IsLinux() || OperatingSystem.IsMacOS();

    public override Span<byte> GetSpan() => new(_bytes, _bytes is null ? 0 : _size);

    public override MemoryHandle Pin(int elementIndex = 0) => new((byte*)_bytes + elementIndex);

    public override void Unpin()
    {
        // It never moves.
    }

    /// <summary>Gives the memory back to the system. Nothing may use it afterwards, not even a write under way.</summary>
    public void Free() => Dispose(disposing: true);

    protected override void Dispose(bool disposing)
    {
        if (_bytes is null)
            return;
        if (IsMapped)
            _ = Unmap((nint)_bytes, (nuint)_size);
        else
            NativeMemory.AlignedFree(_bytes);
        _bytes = null;
    }

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial nint Map(nint address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    private static partial int Unmap(nint address, nuint length);
}
