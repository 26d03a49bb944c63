using System.Globalization;
using System.Text.RegularExpressions;

namespace Ingestion.Backends.Media.Reports;

/// <summary>ffmpeg's names of pixel formats (libavutil/pixdesc.c).</summary>
internal static partial class PixelFormats
{
    /// <summary>Bits of one component; null where the name does not show them.</summary>
    public static int? Depth(string? name)
    {
        if (string.IsNullOrEmpty(name))
            return null;
        var match = Deep().Match(name);
        if (match.Success)
            return int.Parse(match.Groups.Cast<Group>().Skip(1).First(group => group.Success).Value, CultureInfo.InvariantCulture);
        return name switch
        {
            "rgb48le" or "rgb48be" or "bgr48le" or "bgr48be" or "rgba64le" or "rgba64be" or "bgra64le" or "bgra64be" => 16,
            _ => Eight().IsMatch(name) ? 8 : null,
        };
    }

    // yuv420p10le, gbrap12be, gray10le, p010le, x2rgb10le.
    [GeneratedRegex("^(?:yuva?4[0-4]{2}p|gbra?p|gray|ya|xyz|bayer_.*|x2(?:rgb|bgr))(9|1[0246])(?:le|be)?$|^(?:p|y)[024]?[0-4]?(1[026])(?:le|be)$")]
    private static partial Regex Deep();

    [GeneratedRegex("^(?:yuvj?a?4[0-4]{2}p?|yuva4[0-4]{2}p|yuv4[0-4]{2}p|nv(?:12|21|16|24|42)|rgb24|bgr24|rgba|bgra|argb|abgr|rgb0|bgr0|0rgb|0bgr|"
        + "gbrp|gbrap|gray|ya8|pal8|yuyv422|yvyu422|uyvy422|uyyvyy411)$")]
    private static partial Regex Eight();
}
