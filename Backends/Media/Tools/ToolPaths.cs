namespace Ingestion.Backends.Media.Tools;

/// <summary>Where the tools are: absolute, as each run has a working folder of its own.</summary>
internal sealed record ToolPaths(string Ffprobe, string Ffmpeg)
{
    /// <summary>The tools on a path of folders; null unless both are there.</summary>
    public static ToolPaths? Find(string? path)
    {
        var folders = (path ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        string? Locate(string name) => folders.Select(folder => Path.GetFullPath(Path.Combine(folder, name))).FirstOrDefault(File.Exists);
        return Locate("ffprobe") is { } ffprobe && Locate("ffmpeg") is { } ffmpeg ? new ToolPaths(ffprobe, ffmpeg) : null;
    }
}
