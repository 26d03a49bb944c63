namespace Ingestion.Tests.EndToEnd.Infrastructure;

/// <summary>
/// A folder with an ffprobe and an ffmpeg that misbehave, once or always, as a test sets, and otherwise are the real ones. They leave names of folders as their
/// traces, because a tool of the silo can't write a byte to any file.
/// </summary>
internal sealed class StubTools : IDisposable
{
    private const string Probe = "ffprobe";
    private const string Mpeg = "ffmpeg";

    private readonly TempFolder _folder = new();

    public StubTools()
    {
        Write(Probe);
        Write(Mpeg);
    }

    public string Path => _folder.Path;

    /// <summary>The next run does this in place of its work: a line of shell.</summary>
    public void Once(string tool, string act) => File.WriteAllText(_folder.In($"{tool}.once"), act);

    /// <summary>Every run does this first.</summary>
    public void Always(string tool, string act) => File.WriteAllText(_folder.In($"{tool}.always"), act);

    /// <summary>Process ids of the runs so far.</summary>
    public int[] Runs(string tool) => [.. Names($"{tool}.runs").Select(int.Parse)];

    /// <summary>What a run has left under this name.</summary>
    public string[] Names(string folder) =>
        Directory.Exists(_folder.In(folder)) ? [.. Directory.GetDirectories(_folder.In(folder)).Select(path => System.IO.Path.GetFileName(path))] : [];

    /// <summary>Forgets what the tools were to do and what they have left. None may be running.</summary>
    public void Reset()
    {
        foreach (var trace in new DirectoryInfo(Path).EnumerateFileSystemInfos().Where(entry => entry.Name is not (Probe or Mpeg)))
        {
            if (trace is DirectoryInfo folder)
                folder.Delete(recursive: true);
            else
                trace.Delete();
        }
    }

    public void Dispose() => _folder.Dispose();

    private void Write(string name)
    {
        var script = _folder.In(name);
        File.WriteAllText(script, $$"""
            #!/bin/sh
            D='{{Path}}'
            mkdir -p "$D/{{name}}.runs/$$"
            if [ -e "$D/{{name}}.always" ]; then . "$D/{{name}}.always"; fi
            if mv "$D/{{name}}.once" "$D/{{name}}.$$" 2>/dev/null; then . "$D/{{name}}.$$"; fi
            exec '{{ProgramPath.Find(name)}}' "$@"

            """);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
