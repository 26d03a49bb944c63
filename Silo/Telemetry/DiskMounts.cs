namespace Ingestion.Silo.Telemetry;

/// <summary>Where file systems are mounted.</summary>
internal sealed class DiskMounts(IEnumerable<string> roots)
{
    private readonly string[] _roots = [.. roots.Select(root => WithEnd(root))];

    /// <summary>Those of the machine as it is now; none where the system does not list them.</summary>
    public static DiskMounts Read()
    {
        try
        {
            return new DiskMounts(DriveInfo.GetDrives().Select(drive => drive.Name));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new DiskMounts([]);
        }
    }

    /// <summary>The mount that a path lies below, a link at its end followed; empty where none is known.</summary>
    public string Of(string path)
    {
        var folder = WithEnd(Target(path));
        return _roots.Where(root => folder.StartsWith(root, StringComparison.Ordinal)).MaxBy(root => root.Length) ?? "";
    }

    /// <summary>Where a link leads; the path itself where it is none.</summary>
    public static string Target(string path)
    {
        try
        {
            return Directory.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Not made yet.
            return path;
        }
    }

    private static string WithEnd(string path) => path.EndsWith(Path.DirectorySeparatorChar) ? path : path + Path.DirectorySeparatorChar;
}
