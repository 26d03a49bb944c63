using System.Buffers;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Ingestion.Backends.Disk;

/// <summary>Copies bytes from file to file inside the kernel, which shares them where the file system can, and through a buffer where it can't.</summary>
internal static partial class FileCopy
{
    private const int BufferSize = 1024 * 1024;

    // A call that is cancelled is not interrupted: it ends with this many bytes.
    private const long MostAtOnce = 8 * 1024 * 1024;

    /// <summary>False when <paramref name="from"/> ends before.</summary>
    public static bool Copy(SafeFileHandle from, long fromOffset, SafeFileHandle to, long toOffset, long count, CancellationToken cancellationToken)
    {
        var inKernel = OperatingSystem.IsLinux();
        for (long copied; count > 0; fromOffset += copied, toOffset += copied, count -= copied)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var some = Math.Min(count, MostAtOnce);
            copied = inKernel ? CopyInKernel(from, fromOffset, to, toOffset, some) : -1;
            if (copied < 0)
            {
                // Two file systems, or a file system that can't do it. A fault of the disk itself shows in the fallback too.
                inKernel = false;
                copied = CopyByBuffer(from, fromOffset, to, toOffset, some);
            }

            if (copied == 0)
                return false;
        }

        return true;
    }

    private static long CopyInKernel(SafeFileHandle from, long fromOffset, SafeFileHandle to, long toOffset, long count) =>
        CopyFileRange(from, ref fromOffset, to, ref toOffset, (nuint)count, 0);

    private static int CopyByBuffer(SafeFileHandle from, long fromOffset, SafeFileHandle to, long toOffset, long count)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            var read = RandomAccess.Read(from, buffer.AsSpan(0, (int)Math.Min(count, BufferSize)), fromOffset);
            RandomAccess.Write(to, buffer.AsSpan(0, read), toOffset);
            return read;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    [LibraryImport("libc", EntryPoint = "copy_file_range", SetLastError = true)]
    private static partial nint CopyFileRange(SafeFileHandle from, ref long fromOffset, SafeFileHandle to, ref long toOffset, nuint count, uint flags);
}
