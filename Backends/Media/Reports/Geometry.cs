using System.Globalization;

namespace Ingestion.Backends.Media.Reports;

/// <summary>From the picture as stored to the picture as shown.</summary>
internal static class Geometry
{
    // Anamorphic film has 2:1. What is far beyond comes from broken or hostile headers, and would make sizes that nothing can show.
    private const int MostAspect = 8;

    /// <summary>Width to height of a pixel from ffprobe's text; null when it is unknown or can't be meant.</summary>
    public static (int Width, int Height)? SampleAspect(string? text)
    {
        var parts = (text ?? "").Split(':');
        if (parts.Length != 2 || !int.TryParse(parts[0], CultureInfo.InvariantCulture, out var width)
            || !int.TryParse(parts[1], CultureInfo.InvariantCulture, out var height) || width <= 0 || height <= 0)
            return null;
        return width > (long)height * MostAspect || height > (long)width * MostAspect ? null : (width, height);
    }

    /// <summary>Degrees clockwise; null when the angle is none of the four. ffprobe counts counterclockwise.</summary>
    public static int? Rotation(double? counterclockwise)
    {
        if (counterclockwise is not { } angle || !double.IsFinite(angle))
            return 0;
        var clockwise = (360 - angle % 360) % 360;
        var nearest = (int)Math.Round(clockwise / 90) * 90;
        return Math.Abs(clockwise - nearest) <= 1 ? nearest % 360 : null;
    }

    /// <summary>Size in square pixels.</summary>
    public static (int Width, int Height) Shown(int width, int height, (int Width, int Height)? aspect, int? rotation)
    {
        var (x, y) = aspect ?? (1, 1);
        var square = width == 0 ? 0 : Math.Max(1, (int)Math.Round((double)width * x / y, MidpointRounding.AwayFromZero));
        return IsTurned(rotation) ? (height, square) : (square, height);
    }

    /// <summary>Width to height as shown, in lowest terms; null without a size.</summary>
    public static string? Ratio(int width, int height, (int Width, int Height)? aspect, int? rotation)
    {
        if (width <= 0 || height <= 0)
            return null;
        var (x, y) = aspect ?? (1, 1);
        var (across, down) = ((long)width * x, (long)height * y);
        var common = Common(across, down);
        return IsTurned(rotation) ? $"{down / common}:{across / common}" : $"{across / common}:{down / common}";
    }

    private static bool IsTurned(int? rotation) => rotation is 90 or 270;

    private static long Common(long a, long b) => b == 0 ? a : Common(b, a % b);
}
