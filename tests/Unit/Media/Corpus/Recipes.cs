namespace Ingestion.Tests.Unit.Media.Corpus;

/// <summary>What many files of the corpus share. Small and short: what counts is what stands in their heads.</summary>
internal static class Recipes
{
    /// <summary>The pixel format stands last.</summary>
    public static readonly string[] H264 = ["-c:v", "libx264", "-preset", "ultrafast", "-threads", "1", "-pix_fmt", "yuv420p"];

    public static readonly string[] Vp9 = ["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-threads", "1"];

    public static readonly string[] Vp8 = ["-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-threads", "1"];

    public static string[] Scene(string filters = "testsrc2=s=320x180:r=25:d=2") => ["-f", "lavfi", "-i", filters];

    public static string[] Sound() => ["-f", "lavfi", "-i", "sine=440:d=2"];

    /// <summary>The pixel format stands last.</summary>
    public static string[] H265(string parameters = "") =>
    [
        "-c:v", "libx265", "-preset", "ultrafast", "-x265-params", $"log-level=error:pools=1:{parameters}".TrimEnd(':'), "-tag:v", "hvc1",
        "-pix_fmt", "yuv420p",
    ];

    public static string[] Hdr(string transfer, string parameters) =>
    [
        .. H265($"colorprim=bt2020:colormatrix=bt2020nc:{parameters}")[..^1], "yuv420p10le", "-color_primaries", "bt2020", "-colorspace", "bt2020nc",
        "-color_trc", transfer,
    ];

    /// <param name="level">Of all three colours, of 255.</param>
    public static string Grey(int level) => $"color=0x{level:x2}{level:x2}{level:x2}:s=320x180:r=25:d=2";

    /// <summary>Its top left quarter is the brightest.</summary>
    public static string Corner(string size) => $"color=0x505050:s={size}:r=25:d=2,drawbox=w=iw/2:h=ih/2:t=fill:color=white";

    /// <summary>The same tracks in another container.</summary>
    public static string[] Remux(string format) => ["-i", "long.mp4", "-c", "copy", "-f", format];

    /// <summary>The same each time.</summary>
    public static byte[] Noise(int length)
    {
        var noise = new byte[length];
        new Random(2).NextBytes(noise);
        return noise;
    }

    /// <summary>Noise in the third fifth of the file; the same each time.</summary>
    public static byte[] Damage(byte[] bytes)
    {
        var random = new Random(1);
        random.NextBytes(bytes.AsSpan(bytes.Length * 2 / 5, bytes.Length / 5));
        return bytes;
    }
}
