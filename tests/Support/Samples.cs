namespace Ingestion.Tests.Support;

/// <summary>Small real videos, made with ffmpeg: two seconds, 320 × 180, with sound. And bytes that only start like one.</summary>
public static class Samples
{
    public static byte[] Mp4 { get; } = Read("sample.mp4");

    public static string PathOf(string name) => Path.Combine(AppContext.BaseDirectory, "media", name);

    public static byte[] Read(string name) => File.ReadAllBytes(PathOf(name));

    /// <summary>The MP4 sample and zeros after it, to any length.</summary>
    public static byte[] Padded(int length)
    {
        var padded = new byte[length];
        Mp4.CopyTo(padded, 0);
        return padded;
    }
}
