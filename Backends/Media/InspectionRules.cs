using Ingestion.Backends.Media.Reports;
using Ingestion.Videos;

namespace Ingestion.Backends.Media;

/// <summary>How much of a source is looked into, and what that shows: pure.</summary>
internal static class InspectionRules
{
    /// <summary>Of the stated duration, what must be there.</summary>
    public const double EnoughOfDuration = 0.9;

    /// <summary>A hole or a rest of this part of a video or its file is damage; seams of recordings that were cut and joined are shorter.</summary>
    public const double LeastHole = 0.02;

    // At 100 MB/s the store gives this within the time of a run.
    private const long MostBytesToList = 256L * 1024 * 1024;

    private const double LeastSeconds = 0.2;
    private const double LeastHoleSeconds = 1;
    private const double AssumedFrameRate = 30;

    // Each costs 80 ms of a start beside its pictures. Together they are half of what may be decoded.
    private const int Places = 8;
    private const double LastPlace = 0.95;

    // Their ends are where bytes stop, so a cut file has the duration that it has; and a stream may be cut within its last picture.
    private static readonly HashSet<string> _withoutIndex = new(StringComparer.Ordinal) { "mpegts", "mpegps", "mpegvideo", "dv", "ogg" };

    /// <summary>What is decoded to look for damage: all, or the start and places that are evenly spread.</summary>
    /// <param name="media">With the duration, where one is known.</param>
    /// <param name="megapixels">Pixels in millions that may be decoded; 0: all.</param>
    public static IReadOnlyList<Stretch> Plan(MediaInfo media, int megapixels)
    {
        if (megapixels == 0)
            return [Stretch.All];
        var aSecond = (double)(media.CodedWidth ?? 1920) * (media.CodedHeight ?? 1080) * Math.Max(1, media.FrameRate ?? AssumedFrameRate);
        var allowed = megapixels * 1e6 / aSecond;
        if (media.DurationSeconds is not { } duration)
            return [new Stretch(0, Math.Max(LeastSeconds, allowed))];
        var seconds = Math.Max(LeastSeconds, allowed / Places / 2);
        return duration <= Math.Max(allowed, seconds * Places)
            ? [Stretch.All]
            : [.. Enumerable.Range(0, Places).Select(place => new Stretch(duration * LastPlace * place / (Places - 1), seconds))];
    }

    /// <summary>Whether all packets are listed: a container with an index has none that could be missing, and a large file takes too long.</summary>
    public static bool IsListed(ProbeReport report) => !report.HasIndex && report.SizeBytes is <= MostBytesToList;

    /// <summary>
    /// Whether a part in the middle is missing. In a stream that is only cut and joined, or that rests while nothing happens, the reader finds nothing to
    /// complain of; and what has no sound may rest at any time.
    /// </summary>
    public static bool HasHole(PacketList packets, MediaInfo media, ProbeReport report) =>
        HasUnreadRest(packets, media, report) || (packets.HasComplaint && media.AudioCodec is not null && media.DurationSeconds is { } duration
            && (packets.LongestHole >= Math.Max(LeastHoleSeconds, duration * LeastHole)
                || (!MayBeTruncated(media) && packets.Length < duration * EnoughOfDuration)));

    // A fragment that can't be read ends the reading without a word.
    private static bool HasUnreadRest(PacketList packets, MediaInfo media, ProbeReport report) =>
        media.Container is "mp4" or "mov" or "3gp" && packets.EndByte > 0 && packets.EndByte < report.SizeBytes * EnoughOfDuration;

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

    /// <summary>Whether pictures of a stretch have errors.</summary>
    public static bool HasFaults(DecodeReport decoded, MediaInfo media) => decoded.Faults > (MayBeTruncated(media) ? 0 : 1);

    public static IReadOnlyList<string> Warnings(bool isDamaged, bool isTruncated) =>
    [
        .. isTruncated ? [MediaWarning.Truncated] : Array.Empty<string>(),
        .. isDamaged ? [MediaWarning.Damaged] : Array.Empty<string>(),
    ];
}

/// <summary>A part of a video.</summary>
/// <param name="From">Seconds from its start.</param>
/// <param name="Seconds">How long; null: to the end.</param>
internal readonly record struct Stretch(double From, double? Seconds)
{
    public static readonly Stretch All = new(0, null);
}
