using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Ingestion.Videos;

namespace Ingestion.Api.Videos;

/// <summary>What was measured of a source. What is not known is absent.</summary>
/// <param name="DurationSeconds">Seconds, by the container or by the last packet.</param>
/// <param name="Width">Pixels as shown: turned by the rotation, in square pixels.</param>
/// <param name="Height">Pixels as shown: turned by the rotation.</param>
/// <param name="Container">mp4, mov, 3gp, webm, mkv, mpegts, mpegps, avi and so on.</param>
/// <param name="VideoCodec">ffprobe's name of the codec.</param>
/// <param name="AudioCodec">ffprobe's name of the codec of the first sound track; absent without sound.</param>
/// <param name="HasAudio">Whether there is a sound track.</param>
/// <param name="CodedWidth">Pixels of a row as stored, before rotation and pixel aspect.</param>
/// <param name="CodedHeight">Rows as stored, before rotation.</param>
/// <param name="Rotation">Degrees clockwise by which players turn the stored picture: 0, 90, 180 or 270.</param>
/// <param name="SampleAspectRatio">Width to height of one stored pixel, such as 64:45.</param>
/// <param name="AspectRatio">Width to height of the picture as shown, in lowest terms, such as 16:9.</param>
/// <param name="FrameRate">Pictures a second, on average.</param>
/// <param name="BitRate">Bits a second of the whole file, on average.</param>
/// <param name="PixelFormat">ffprobe's name, such as yuv420p10le.</param>
/// <param name="BitDepth">Bits of one component of a pixel.</param>
/// <param name="ColorPrimaries">ffprobe's name, such as bt709.</param>
/// <param name="ColorTransfer">ffprobe's name, such as smpte2084.</param>
/// <param name="ColorMatrix">ffprobe's name, such as bt2020nc.</param>
/// <param name="ColorRange">limited or full.</param>
/// <param name="Hdr">pq, hlg or dolby_vision; absent for standard range and where it is not known.</param>
/// <param name="Profile">ffprobe's name of the video codec's profile, such as Main 10.</param>
/// <param name="Interlaced">Whether pictures consist of two fields of different times.</param>
/// <param name="AudioChannels">Of the first sound track.</param>
/// <param name="AudioSampleRate">Samples a second of the first sound track.</param>
/// <param name="Tracks">All tracks in the order of the file, at most 64.</param>
/// <param name="RecordedAt">When it was recorded, as the file states.</param>
/// <param name="Warnings">media_truncated: the bytes end before nine tenths of the stated duration. media_damaged: pictures have errors, or a part is missing.</param>
/// <param name="Decoded">How much was decoded to look for damage: whole, or sampled in some places. Absent: none, or by an older version.</param>
internal sealed record MediaJson(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? DurationSeconds,
    int Width,
    int Height,
    string Container,
    string VideoCodec,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? AudioCodec,
    bool HasAudio,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? CodedWidth,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? CodedHeight,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Rotation,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? SampleAspectRatio,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? AspectRatio,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? FrameRate,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? BitRate,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? PixelFormat,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? BitDepth,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? ColorPrimaries,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? ColorTransfer,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? ColorMatrix,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? ColorRange,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Hdr,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Profile,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] bool? Interlaced,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? AudioChannels,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? AudioSampleRate,
    IReadOnlyList<TrackJson> Tracks,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTimeOffset? RecordedAt,
    IReadOnlyList<string> Warnings,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull), AllowedValues(MediaDecoded.Whole, MediaDecoded.Sampled)] string? Decoded)
{
    public static MediaJson Of(MediaInfo media) => new(
        media.DurationSeconds, media.Width, media.Height, media.Container, media.VideoCodec, media.AudioCodec, HasSound(media), media.CodedWidth,
        media.CodedHeight, media.Rotation, media.SampleAspectRatio, media.AspectRatio, media.FrameRate, media.BitRate, media.PixelFormat,
        media.BitDepth, media.ColorPrimaries, media.ColorTransfer, media.ColorMatrix, media.ColorRange, media.Hdr, media.Profile, media.Interlaced,
        media.AudioChannels, media.AudioSampleRate, [.. media.Tracks.Select(TrackJson.Of)], media.RecordedAt, media.Warnings,
        media.Decoded);

    // Records of 0.3 and earlier have no tracks.
    private static bool HasSound(MediaInfo media) => media.AudioCodec is not null || media.Tracks.Any(track => track.Type == "audio");
}

/// <summary>One track of a source.</summary>
/// <param name="Type">video, image (a cover), audio, subtitle, data or attachment.</param>
/// <param name="Codec">ffprobe's name of the codec.</param>
/// <param name="Language">As the file states it.</param>
/// <param name="Default">Whether players choose it by themselves.</param>
/// <param name="Forced">Of subtitles: whether they are shown also to viewers who want none.</param>
/// <param name="Channels">Of sound.</param>
/// <param name="SampleRate">Of sound: samples a second.</param>
internal sealed record TrackJson(
    string Type,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Codec,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Language,
    bool Default,
    bool Forced,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Channels,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? SampleRate)
{
    public static TrackJson Of(MediaTrack track) =>
        new(track.Type, track.Codec, track.Language, track.IsDefault, track.IsForced, track.Channels, track.SampleRate);
}
