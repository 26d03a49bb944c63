namespace Ingestion.Tests.EndToEnd.Infrastructure;

/// <summary>The sample videos, real ones made with ffmpeg, and bytes that only start like one.</summary>
internal static class Media
{
    public static byte[] Mp4 { get; } = Read("sample.mp4");

    public static byte[] Read(string name) => File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "media", name));

    /// <summary>The MP4 sample and zeros after it, to any length.</summary>
    public static byte[] Padded(int length)
    {
        var padded = new byte[length];
        Mp4.CopyTo(padded, 0);
        return padded;
    }
}

/// <summary>ffmpeg and ffprobe on this machine.</summary>
internal static class MediaTools
{
    public static string? Ffprobe { get; } = Find("ffprobe");

    public static string? Ffmpeg { get; } = Find("ffmpeg");

    public static string? Missing => Ffprobe is null || Ffmpeg is null ? "ffmpeg and ffprobe are not on PATH" : null;

    private static string? Find(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
}

/// <summary>A test that needs ffmpeg; without it, skipped with that reason.</summary>
internal sealed class FfmpegFactAttribute : FactAttribute
{
    public FfmpegFactAttribute() => Skip = MediaTools.Missing;
}

/// <summary>As <see cref="FfmpegFactAttribute"/>, with cases.</summary>
internal sealed class FfmpegTheoryAttribute : TheoryAttribute
{
    public FfmpegTheoryAttribute() => Skip = MediaTools.Missing;
}
