namespace Ingestion.Tests.EndToEnd.Infrastructure;

/// <summary>
/// A folder with ffprobe and ffmpeg that wait until they are let go and then become the real ones: processing stands still where a test wants
/// it. A script whose folder is gone ends, so that none outlives its killed silo for long.
/// </summary>
internal sealed class HeldTools : IDisposable
{
    private readonly TempFolder _folder = new();

    public HeldTools()
    {
        Write("ffprobe", ProgramPath.Find("ffprobe"));
        Write("ffmpeg", ProgramPath.Find("ffmpeg"));
    }

    public string Path => _folder.Path;

    private string Begun => System.IO.Path.Combine(Path, "begun");

    private string Open => System.IO.Path.Combine(Path, "open");

    /// <summary>Waits until a worker has started a tool.</summary>
    public Task UntilBegunAsync() => Eventually.TrueAsync(() => File.Exists(Begun), "processing begins");

    public void LetGo() => File.WriteAllText(Open, "");

    public void Dispose() => _folder.Dispose();

    private void Write(string name, string? real)
    {
        var script = System.IO.Path.Combine(Path, name);
        File.WriteAllText(script, $"""
            #!/bin/sh
            : > '{Begun}'
            while [ ! -e '{Open}' ]; do
              [ -d '{Path}' ] || exit 1
              sleep 0.05
            done
            exec '{real}' "$@"

            """);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
