using System.Runtime.InteropServices;

namespace Ingestion.Backends.Disk;

/// <summary>The file mode mask of this process and of the children that it starts.</summary>
public static partial class FileMask
{
    private const uint GroupAndOthers = 0x3F; // 0077

    /// <summary>From now on whatever is created is its owner's alone: folders 0700, files 0600. Windows has no such mask.</summary>
    public static void KeepToOwner()
    {
        if (!OperatingSystem.IsWindows())
            _ = Set(GroupAndOthers);
    }

    [LibraryImport("libc", EntryPoint = "umask")]
    private static partial uint Set(uint mask);
}
