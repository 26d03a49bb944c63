namespace Ingestion.Grains.Silos.Sensing;

/// <summary>Where the memory controller of this process' cgroup is.</summary>
/// <param name="Version">1 or 2.</param>
/// <param name="Folder">Of the cgroup.</param>
/// <param name="Mount">The uppermost folder that can be seen.</param>
internal sealed record CgroupFolder(int Version, string Folder, string Mount)
{
    // Files that a cgroup with the memory controller has, and the uppermost one of version 2 has not.
    private const string Used1 = "memory.usage_in_bytes";
    private const string Used2 = "memory.current";

    /// <summary>Looked for once; null when there is none with the memory controller.</summary>
    /// <param name="root">Of the file system; another one in tests.</param>
    public static CgroupFolder? Find(string root)
    {
        var (groups, mounts) = (Lines(root, "proc/self/cgroup"), Lines(root, "proc/self/mountinfo").Select(Mounted.Parse).OfType<Mounted>().ToList());
        return Find(root, groups, mounts, 1, fields => fields[1].Split(',').Contains("memory"), mount => mount.IsMemoryController, Used1)
            ?? Find(root, groups, mounts, 2, fields => fields[0] == "0", mount => mount.Kind == "cgroup2", Used2);
    }

    /// <summary>The folder and those above it, up to the mount: each of them may have a limit.</summary>
    public IEnumerable<string> Upwards()
    {
        for (var folder = Folder; ; folder = Path.GetDirectoryName(folder)!)
        {
            yield return folder;
            if (folder == Mount)
                yield break;
        }
    }

    private static CgroupFolder? Find(
        string root, string[] groups, List<Mounted> mounts, int version, Func<string[], bool> isGroup, Func<Mounted, bool> isMount, string file)
    {
        // "4:memory:/path", "0::/path".
        var path = groups.Select(line => line.Split(':', 3)).FirstOrDefault(fields => fields.Length == 3 && isGroup(fields))?[2];
        if (path is null || mounts.FirstOrDefault(isMount) is not { } mount)
            return null;
        var top = Below(root, mount.Point);
        // A container sees its own cgroup at the mount, and the kernel may name a path outside of it.
        var folder = mount.Holds(path) is { } inside ? Below(top, inside) : top;
        return new[] { folder, top }.FirstOrDefault(folder => File.Exists(Path.Combine(folder, file))) is { } found
            ? new CgroupFolder(version, found, top) : null;
    }

    private static string Below(string folder, string path) => Path.TrimEndingDirectorySeparator(Path.Combine(folder, path.TrimStart('/')));

    private static string[] Lines(string root, string path)
    {
        var file = Path.Combine(root, path);
        return File.Exists(file) ? File.ReadAllLines(file) : [];
    }

    /// <summary>A line of mountinfo (proc_pid_mountinfo(5)).</summary>
    private sealed record Mounted(string Root, string Point, string Kind, string Options)
    {
        public bool IsMemoryController => Kind == "cgroup" && Options.Split(',').Contains("memory");

        public static Mounted? Parse(string line)
        {
            var fields = line.Split(' ');
            // Optional fields end with a dash.
            var dash = Array.IndexOf(fields, "-");
            return dash < 6 || fields.Length < dash + 4 ? null : new Mounted(fields[3], fields[4], fields[dash + 1], fields[dash + 3]);
        }

        /// <summary>The path seen from the mount; null when it is not below it.</summary>
        public string? Holds(string path)
        {
            if (path.Contains("..", StringComparison.Ordinal))
                return null;
            return Root == "/" ? path
                : path == Root || path.StartsWith(Root + "/", StringComparison.Ordinal) ? path[Root.Length..]
                : null;
        }
    }
}
