using Ingestion.Backends.Media.Reports;
using Ingestion.Videos;

namespace Ingestion.Backends.Media;

/// <summary>How much of a source is looked into, and what that shows.</summary>
internal static class InspectionRules
{
    /// <summary>Of the stated duration, what must be there.</summary>
    public const double EnoughOfDuration = 0.9;

    // 0.2 to 0.5 s of one core for H.264: 1 s of 1080p30, all of a clip of 40 s in 320 × 180.
    private const double PixelsToDecode = 60e6;
    private const double LeastSeconds = 0.2;
    private const double AssumedFrameRate = 30;

    // Their ends are where bytes stop, so a cut file has the duration that it has; and a stream may be cut within its last picture.
    private static readonly HashSet<string> _withoutIndex = new(StringComparer.Ordinal) { "mpegts", "mpegps", "mpegvideo", "dv", "ogg" };

    /// <summary>Seconds of the start that are decoded; null: all.</summary>
    public static double? SecondsToDecode(MediaInfo media)
    {
        var pixels = (double)(media.CodedWidth ?? 1920) * (media.CodedHeight ?? 1080);
        var seconds = Math.Max(LeastSeconds, PixelsToDecode / (pixels * Math.Max(1, media.FrameRate ?? AssumedFrameRate)));
        return media.DurationSeconds is { } duration && duration < seconds ? null : seconds;
    }

    /// <summary>Whether the container states a duration apart from the bytes.</summary>
    public static bool MayBeTruncated(MediaInfo media) => !_withoutIndex.Contains(media.Container);

    /// <summary>Whether what is there reaches what was stated.</summary>
    public static bool GoesFarEnough(double? end, double duration) => end >= duration * EnoughOfDuration;

    /// <summary>With a duration that was found in the packets, and the rate that follows from it.</summary>
    public static MediaInfo WithDuration(MediaInfo media, double? seconds, ProbeReport report) => seconds is not > 0 and var _ ? media : media with
    {
        DurationSeconds = Math.Round(seconds.Value, 3),
        BitRate = media.BitRate ?? (report.SizeBytes is { } bytes ? (long)(bytes * 8 / seconds.Value) : null),
    };

    public static IReadOnlyList<string> Warnings(MediaInfo media, DecodeReport decoded, bool isTruncated)
    {
        var tolerated = MayBeTruncated(media) ? 0 : 1;
        return
        [
            .. isTruncated ? [MediaWarning.Truncated] : Array.Empty<string>(),
            .. decoded.Faults > tolerated ? [MediaWarning.Damaged] : Array.Empty<string>(),
        ];
    }
}
