namespace Ingestion.Videos;

/// <summary>
/// What was measured of a source. Null and empty: not known, never a guess. Of records that 0.3 and earlier stored, only the first six are there, and
/// <see cref="Width"/> and <see cref="Height"/> are the coded ones.
/// </summary>
/// <param name="DurationSeconds">Length in seconds, by the container or by the last packet; null when neither has times.</param>
/// <param name="Width">Pixels as shown: turned by the rotation, in square pixels.</param>
/// <param name="Height">Pixels as shown: turned by the rotation.</param>
/// <param name="Container">One name: <c>mp4</c>, <c>mov</c>, <c>3gp</c>, <c>webm</c>, <c>mkv</c>, <c>mpegts</c>, <c>mpegps</c>, <c>avi</c> …</param>
/// <param name="VideoCodec">ffprobe's codec name, e.g. <c>h264</c>.</param>
/// <param name="AudioCodec">ffprobe's codec name of the first sound track; null without sound.</param>
[GenerateSerializer, Immutable, Alias("ingestion.media-info")]
public sealed record MediaInfo(
    [property: Id(0)] double? DurationSeconds,
    [property: Id(1)] int Width,
    [property: Id(2)] int Height,
    [property: Id(3)] string Container,
    [property: Id(4)] string VideoCodec,
    [property: Id(5)] string? AudioCodec)
{
    /// <summary>Pixels of a row as they are stored, before rotation and pixel aspect.</summary>
    [Id(6)]
    public int? CodedWidth { get; init; }

    /// <summary>Rows as they are stored, before rotation.</summary>
    [Id(7)]
    public int? CodedHeight { get; init; }

    /// <summary>Degrees clockwise by which players turn the stored picture: 0, 90, 180, 270. Null: by none of these.</summary>
    [Id(8)]
    public int? Rotation { get; init; }

    /// <summary>Width to height of one stored pixel, e.g. <c>64:45</c>.</summary>
    [Id(9)]
    public string? SampleAspectRatio { get; init; }

    /// <summary>Width to height of the picture as shown, in lowest terms, e.g. <c>16:9</c>.</summary>
    [Id(10)]
    public string? AspectRatio { get; init; }

    /// <summary>Pictures a second, on average.</summary>
    [Id(11)]
    public double? FrameRate { get; init; }

    /// <summary>Bits a second of the whole file, on average.</summary>
    [Id(12)]
    public long? BitRate { get; init; }

    /// <summary>ffprobe's name, e.g. <c>yuv420p10le</c>.</summary>
    [Id(13)]
    public string? PixelFormat { get; init; }

    /// <summary>Bits of one component of a pixel.</summary>
    [Id(14)]
    public int? BitDepth { get; init; }

    /// <summary>ffprobe's name, e.g. <c>bt709</c>.</summary>
    [Id(15)]
    public string? ColorPrimaries { get; init; }

    /// <summary>ffprobe's name, e.g. <c>smpte2084</c>.</summary>
    [Id(16)]
    public string? ColorTransfer { get; init; }

    /// <summary>ffprobe's name, e.g. <c>bt2020nc</c>.</summary>
    [Id(17)]
    public string? ColorMatrix { get; init; }

    /// <summary><c>limited</c> or <c>full</c>.</summary>
    [Id(18)]
    public string? ColorRange { get; init; }

    /// <summary><c>pq</c>, <c>hlg</c> or <c>dolby_vision</c> (without a base that others can show); null: none that is known.</summary>
    [Id(19)]
    public string? Hdr { get; init; }

    /// <summary>ffprobe's name of the codec's profile, e.g. <c>Main 10</c>.</summary>
    [Id(20)]
    public string? Profile { get; init; }

    /// <summary>Whether pictures consist of two fields of different times.</summary>
    [Id(21)]
    public bool? Interlaced { get; init; }

    /// <summary>Of the first sound track.</summary>
    [Id(22)]
    public int? AudioChannels { get; init; }

    /// <summary>Samples a second of the first sound track.</summary>
    [Id(23)]
    public int? AudioSampleRate { get; init; }

    /// <summary>In the order of the file; at most 64.</summary>
    [Id(24)]
    public IReadOnlyList<MediaTrack> Tracks { get => field ?? []; init; } = [];

    /// <summary>When it was recorded, as the file states.</summary>
    [Id(25)]
    public DateTimeOffset? RecordedAt { get; init; }

    /// <summary><c>media_truncated</c>, <c>media_damaged</c>.</summary>
    [Id(26)]
    public IReadOnlyList<string> Warnings { get => field ?? []; init; } = [];

    /// <summary>How much of the video was decoded to look for damage: <c>whole</c> or <c>sampled</c>; null: none, or not known.</summary>
    [Id(27)]
    public string? Decoded { get; init; }
}

/// <summary>One track of a source.</summary>
/// <param name="Type"><c>video</c>, <c>image</c> (a cover), <c>audio</c>, <c>subtitle</c>, <c>data</c>, <c>attachment</c>.</param>
/// <param name="Codec">ffprobe's codec name; null when it knows none.</param>
/// <param name="Language">As the file states it; null when it states none.</param>
/// <param name="IsDefault">Whether players choose it by themselves.</param>
/// <param name="IsForced">Of subtitles: whether they are shown also to viewers who want none.</param>
/// <param name="Channels">Of sound.</param>
/// <param name="SampleRate">Of sound: samples a second.</param>
[GenerateSerializer, Immutable, Alias("ingestion.media-track")]
public sealed record MediaTrack(
    [property: Id(0)] string Type,
    [property: Id(1)] string? Codec,
    [property: Id(2)] string? Language,
    [property: Id(3)] bool IsDefault,
    [property: Id(4)] bool IsForced,
    [property: Id(5)] int? Channels,
    [property: Id(6)] int? SampleRate);

/// <summary>Values of <see cref="MediaInfo.Decoded"/>: stable, for programs.</summary>
public static class MediaDecoded
{
    /// <summary>Every picture.</summary>
    public const string Whole = "whole";

    /// <summary>Some places.</summary>
    public const string Sampled = "sampled";
}

/// <summary>Names of <see cref="MediaInfo.Warnings"/>: stable, for programs.</summary>
public static class MediaWarning
{
    /// <summary>The bytes end before nine tenths of the stated duration.</summary>
    public const string Truncated = "media_truncated";

    /// <summary>Pictures could not be decoded without errors, or a part in the middle is missing.</summary>
    public const string Damaged = "media_damaged";
}
