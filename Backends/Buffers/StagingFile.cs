using Ingestion.Backends.Disk;
using Ingestion.Uploads;
using Microsoft.Win32.SafeHandles;

namespace Ingestion.Backends.Buffers;

/// <summary>Bytes of one part on disk. They are not acknowledged yet, so nothing is flushed.</summary>
internal sealed class StagingFile(StagingFolder folder, SafeFileHandle file) : IDisposable
{
    /// <summary>Bytes in it.</summary>
    public long Length { get; private set; }

    /// <summary>Adds bytes at its end. It is as before when that fails.</summary>
    public async Task AppendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        try
        {
            await DurableDisk.RunAsync(
                (file, bytes, Length),
                static append =>
                {
                    RandomAccess.Write(append.file, append.bytes.Span, append.Length);
                    return true;
                },
                cancellationToken);
        }
        catch (IOException e) when (DiskFull.Is(e))
        {
            throw new ObjectStoreFullException("The disk of the staging folder is full.", e);
        }

        Length += bytes.Length;
        folder.Count(bytes.Length);
    }

    /// <summary>Fills <paramref name="buffer"/> from <paramref name="offset"/>; fewer bytes only at the end.</summary>
    public Task<int> ReadAsync(Memory<byte> buffer, long offset, CancellationToken cancellationToken) =>
        DurableDisk.RunAsync(
            (file, buffer, offset),
            static read =>
            {
                var total = 0;
                while (total < read.buffer.Length && RandomAccess.Read(read.file, read.buffer.Span[total..], read.offset + total) is > 0 and var count)
                    total += count;
                return total;
            },
            cancellationToken);

    public void Dispose()
    {
        if (file.IsClosed)
            return;
        folder.Count(-Length);
        file.Dispose();
    }
}
