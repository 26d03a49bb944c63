using System.Runtime.Versioning;

namespace Ingestion.Silo.Hosting;

/// <summary>
/// Only the user that the silo runs as can read what it writes: folders are 0700 and files 0600. The mask of the process
/// (<see cref="Ingestion.Backends.Disk.FileMask"/>) does that for every file, whatever part creates it, the media tools included; what an older build left
/// open to others is tightened at start.
/// </summary>
internal static class PrivateFiles
{
    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    // Links are left alone: what they lead to is not ours to change.
    private static readonly EnumerationOptions _all = new() { AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = true };

    /// <summary>
    /// Takes every right of others from <paramref name="folder"/> and from the entries of it that are <paramref name="names"/>, with all that is in
    /// them. A folder is done after its contents, so that a folder that others can't enter is skipped: a start does not slow down with what is stored.
    /// </summary>
    public static Tightened Tighten(string folder, IEnumerable<string> names)
    {
        if (OperatingSystem.IsWindows())
            return default;
        var result = default(Tightened);
        var isShared = new DirectoryInfo(folder).UnixFileMode.HasFlag(UnixFileMode.StickyBit);
        // At once: it closes everything below. A folder like /tmp belongs to others too and stays as it is.
        result += isShared ? default : TightenOne(new DirectoryInfo(folder));
        foreach (var name in names.Select(name => Path.Combine(folder, name)))
        {
            if (Directory.Exists(name))
                result += TightenAll(new DirectoryInfo(name));
            else if (File.Exists(name))
                result += TightenOne(new FileInfo(name));
        }

        return result;
    }

    [UnsupportedOSPlatform("windows")]
    private static Tightened TightenAll(DirectoryInfo folder)
    {
        if ((folder.UnixFileMode & Others) == 0)
            return default;
        var result = default(Tightened);
        foreach (var entry in folder.EnumerateFileSystemInfos("*", _all))
            result += entry is DirectoryInfo below ? TightenAll(below) : TightenOne(entry);
        return result + TightenOne(folder);
    }

    [UnsupportedOSPlatform("windows")]
    private static Tightened TightenOne(FileSystemInfo entry)
    {
        try
        {
            var mode = entry.UnixFileMode;
            if ((mode & Others) == 0)
                return default;
            entry.UnixFileMode = mode & ~Others;
            return new Tightened(1, 0);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            // Of another owner, or gone in this moment.
            return entry.Exists ? new Tightened(0, 1) : default;
        }
    }
}

/// <summary>What a start found open to others.</summary>
/// <param name="Count">Files and folders that are not open any more.</param>
/// <param name="Failed">Files and folders that could not be changed, because they belong to another user.</param>
internal readonly record struct Tightened(int Count, int Failed)
{
    public static Tightened operator +(Tightened left, Tightened right) => new(left.Count + right.Count, left.Failed + right.Failed);
}
