namespace Ingestion.Backends.Media.Tools;

/// <summary>Working folders of runs, one each, below one folder that nothing else uses.</summary>
internal sealed class ToolScratch(string root)
{
    public string Root { get; } = Path.GetFullPath(root);

    /// <summary>A new, empty one, for this user only.</summary>
    public ScratchFolder Open()
    {
        var path = Path.Combine(Root, Guid.NewGuid().ToString("N"));
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(path);
        else
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return new ScratchFolder(path);
    }

    /// <summary>Ends what an earlier process of this data folder left running, and removes its folders. How many processes that were.</summary>
    public int Sweep()
    {
        if (!Directory.Exists(Root))
            return 0;
        var killed = ProcessTable.KillBelow(Root);
        foreach (var folder in Directory.GetDirectories(Root))
            ScratchFolder.Remove(folder);
        return killed;
    }
}

/// <summary>The working folder of one run, removed with it.</summary>
internal sealed class ScratchFolder(string path) : IDisposable
{
    public string Path => path;

    /// <summary>The tool's process; null until the supervisor has written it down, and while it can't be read.</summary>
    public int? ToolProcess
    {
        get
        {
            try
            {
                var file = System.IO.Path.Combine(path, "pid");
                return File.Exists(file) && int.TryParse(File.ReadAllText(file), out var pid) ? pid : null;
            }
            catch (IOException)
            {
                // No file to spare in the process: the next look may have one.
                return null;
            }
        }
    }

    public void Dispose() => Remove(path);

    /// <summary>Best effort: what is left is swept at the next start.</summary>
    internal static void Remove(string path)
    {
        try
        {
            Directory.Delete(path, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Gone already, or a process that is about to die still writes into it.
        }
    }
}
