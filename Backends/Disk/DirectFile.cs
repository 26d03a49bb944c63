using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Ingestion.Backends.Disk;

/// <summary>
/// Opens files for direct I/O: bytes go from our buffer to the disk without a copy in the page cache. That copy was the largest single cost of
/// an upload in a profile, and without it uploads can't push everything else out of the machine's memory (docs/measuring.md). File systems
/// without direct I/O (tmpfs, some network ones) get an ordinary handle.
/// </summary>
internal static partial class DirectFile
{
    // open(2) on x86-64 and arm64 disagree about O_DIRECT.
    private static readonly int _direct = RuntimeInformation.ProcessArchitecture is Architecture.Arm64 ? 0x10000 : 0x4000;

    private const int WriteOnly = 0x1;
    private const int Create = 0x40;
    private const int CloseOnExec = 0x80000;
    private const int OwnerOnly = 0x180; // 0600
    private const int InvalidArgument = 22;

    /// <summary>The handle, and whether it takes aligned writes only.</summary>
    public static (SafeFileHandle File, bool Direct) OpenForWriting(string path)
    {
        if (OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.Arm64)
        {
            var direct = Open(path, WriteOnly | Create | CloseOnExec | _direct, OwnerOnly);
            if (!direct.IsInvalid)
                return (direct, true);
            var error = Marshal.GetLastPInvokeError();
            direct.Dispose();
            if (error != InvalidArgument)
                throw new IOException($"Could not open {path}: {Marshal.GetPInvokeErrorMessage(error)}", error);
        }

        return (File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete), false);
    }

    // The mode is variadic in C; on these two architectures it travels like any third argument.
    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle Open(string path, int flags, int mode);
}
