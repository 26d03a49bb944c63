using System.Buffers;
using Ingestion.Connections;
using Microsoft.AspNetCore.Connections;

namespace Ingestion.Backends.Buffers;

/// <summary>
/// Where the server receives into. One receive brings at most one block, and its own pool has blocks of 4 KiB: a video of 12.5 MB takes
/// 3,000 receives. In larger blocks it takes an eighth of them; what lasting connections are sent lies in
/// <see cref="SmallBlocks"/>. They are arrays, as the server sends several at once only of those; and not pinned for life, as
/// its own are: the collector moves no pinned array, and does not give back what lies between two of them. An operation that waits pins its blocks itself.
/// </summary>
internal sealed class TransportMemory(TimeProvider time) : IMemoryPoolFactory<byte>
{
    /// <summary>Bytes of a block.</summary>
    public const int BlockSize = 32 * 1024;

    // What a burst leaves for the next one, until it is trimmed; bytes of each size a pool.
    private const long MostIdle = 4L * 1024 * 1024;

    /// <summary>One pool for each thread of the server that receives.</summary>
    public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => new Pool(Blocks(BlockSize), Blocks(SmallBlocks.Size));

    private BlockPool<byte[]> Blocks(int bytes) => new(bytes, static size => GC.AllocateUninitializedArray<byte>(size), static _ => { }, time);

    private sealed class Pool(BlockPool<byte[]> blocks, BlockPool<byte[]> small) : MemoryPool<byte>
    {
        public override int MaxBufferSize => BlockSize;

        public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, MaxBufferSize);
            return new Loan(SmallBlocks.AreWanted && minBufferSize <= SmallBlocks.Size ? small : blocks);
        }

        protected override void Dispose(bool disposing)
        {
            blocks.Dispose();
            small.Dispose();
        }
    }

    private sealed class Loan(BlockPool<byte[]> blocks) : IMemoryOwner<byte>
    {
        private byte[]? _block = blocks.Rent();

        public Memory<byte> Memory => _block ?? throw new ObjectDisposedException(nameof(Loan));

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _block, null) is { } block)
                blocks.Return(block, MostIdle);
        }
    }
}
