using System.Globalization;
using Ingestion.Videos;

namespace Ingestion.Backends.Media;

/// <summary>One way to look for a picture.</summary>
/// <param name="Second">Where in the video.</param>
/// <param name="KeysOnly">Key pictures alone, from the one before <paramref name="Second"/>: cheap, however long a group of pictures is.</param>
/// <param name="Window">Seconds of video to look through; null: to the end.</param>
/// <param name="MostBlack">Percent of black pixels from which on a picture is passed over; null: the first one is taken, whatever it shows.</param>
internal sealed record PosterAttempt(double Second, bool KeysOnly, double? Window, int? MostBlack)
{
    /// <summary>Whether it needs nothing that a build of ffmpeg may lack.</summary>
    public bool IsPlain => MostBlack is null;
}

/// <summary>Where a poster is looked for, and how a picture becomes one.</summary>
internal static class PosterPlan
{
    // Half black is a dark scene or the frame of a film; nearly all black is nothing to look at.
    private const int Dark = 50;
    private const int Black = 98;
    private const double KeyWindow = 20;

    // Decoding each picture: about 2 s of one core for H.264.
    private const double PixelsToSearch = 600e6;

    // What a file leaves open is that of its kind. What is not listed can't be converted, and is left untouched.
    private static readonly HashSet<string> _primaries = new(StringComparer.Ordinal) { "bt2020", "bt709", "smpte432" };
    private static readonly HashSet<string> _matrices = new(StringComparer.Ordinal) { "bt2020nc", "bt2020c", "bt709", "gbr" };

    /// <summary>In this order; the first picture counts. A normal video needs one.</summary>
    public static IEnumerable<PosterAttempt> Attempts(MediaInfo media)
    {
        var duration = media.DurationSeconds ?? 0;
        var second = Math.Min(duration / 10, 10);
        // The two fields of a key picture may be two packets, of which the second is no key.
        var keys = media.Interlaced is not true;
        var window = Math.Max(1, PixelsToSearch / ((double)(media.CodedWidth ?? 1920) * (media.CodedHeight ?? 1080) * Math.Max(1, media.FrameRate ?? 30)));
        yield return new PosterAttempt(second, keys, keys ? KeyWindow : Math.Min(KeyWindow, window), Dark);
        if (duration > KeyWindow)
        {
            foreach (var part in (double[])[0.3, 0.6, 0.9])
                yield return new PosterAttempt(duration * part, keys, keys ? KeyWindow : Math.Min(KeyWindow, window), Dark);
        }
        else if (duration > 0)
        {
            // One group of pictures that begins black: its middle shows more than the first picture of a fade.
            yield return new PosterAttempt(duration / 2, KeysOnly: false, window, Dark);
        }

        yield return new PosterAttempt(second, KeysOnly: false, window, Dark);
        yield return new PosterAttempt(0, KeysOnly: false, window, Black);
        yield return new PosterAttempt(0, KeysOnly: false, null, null);
    }

    /// <summary>ffmpeg has turned the picture before.</summary>
    public static string Filters(MediaInfo media, PosterAttempt attempt)
    {
        var size = media is { Width: > 0, Height: > 0 } ? Size(media.Width, media.Height) : $"w={Bounded("iw")}:h={Bounded("ih")}";
        List<string> filters = [];
        if (media.Interlaced is true && !attempt.IsPlain)
            filters.Add("yadif");
        filters.AddRange([$"scale={size}", "setsar=1"]);
        if (!attempt.IsPlain && Toned(media) is { } toned)
            filters.Add(toned);
        if (attempt.MostBlack is { } most)
        {
            filters.AddRange(["format=yuv420p", "blackframe=amount=0:threshold=32",
                $"metadata=mode=select:key=lavfi.blackframe.pblack:value={most}:function=less"]);
        }

        return string.Join(',', filters);
    }

    /// <summary>
    /// The peak is given, so that what a file claims of its mastering display is not used: absurd values make pictures black or white.
    /// </summary>
    private static string? Toned(MediaInfo media)
    {
        var transfer = media.Hdr switch { "pq" => "smpte2084", "hlg" => "arib-std-b67", _ => null };
        var (primaries, matrix) = (media.ColorPrimaries ?? "bt2020", media.ColorMatrix ?? "bt2020nc");
        if (transfer is null || !_primaries.Contains(primaries) || !_matrices.Contains(matrix))
            return null;
        return $"setparams=color_primaries={primaries}:color_trc={transfer}:colorspace={matrix}:range={media.ColorRange ?? "limited"},"
            + "zscale=t=linear:npl=100,format=gbrpf32le,zscale=p=709,tonemap=tonemap=hable:desat=0:peak=10,zscale=t=709:m=709:r=limited";
    }

    private static string Size(int width, int height)
    {
        var factor = Math.Min(1.0, Math.Min((double)MediaArguments.PosterSide / width, (double)MediaArguments.PosterSide / height));
        int Even(int side) => Math.Max(2, 2 * (int)(side * factor / 2 + 1e-9));
        return string.Create(CultureInfo.InvariantCulture, $"w={Even(width)}:h={Even(height)}");
    }

    // Smaller by one factor, then down to an even number. The filter's own force_divisible_by comes to 0 for a film of 2000 × 2.
    private static string Bounded(string side) =>
        $"'max(2,2*floor({side}*min(1,min({MediaArguments.PosterSide}/iw,{MediaArguments.PosterSide}/ih))/2))'";
}
