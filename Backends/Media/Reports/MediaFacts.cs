using System.Globalization;
using System.Text.RegularExpressions;
using Ingestion.Videos;

namespace Ingestion.Backends.Media.Reports;

/// <summary>From ffprobe's words to what the API states. What ffprobe does not know, or what can't be meant, is null.</summary>
internal static partial class MediaFacts
{
    private const int MostTracks = 64;
    private const int MostFrameRate = 1000;

    // Cameras without a set clock write the zero of their calendar: 1904, 1970 or 1980.
    private static readonly DateTimeOffset _firstClock = new(1990, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset _lastClock = new(2100, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>All of the report about its video stream.</summary>
    public static MediaInfo Of(ProbedFile file, ProbedStream video, ContainerFormat? container)
    {
        var streams = file.Streams ?? [];
        var audio = streams.FirstOrDefault(stream => stream.CodecType == "audio");
        var aspect = Geometry.SampleAspect(video.SampleAspectRatio);
        var rotation = Geometry.Rotation(video.SideDataList?.FirstOrDefault(data => data.Rotation is not null)?.Rotation);
        var (width, height) = Geometry.Shown(video.Width, video.Height, aspect, rotation);
        return new MediaInfo(Positive(file.Format?.Duration), width, height, NameOf(container, file.Format), video.CodecName!, audio?.CodecName)
        {
            CodedWidth = video.Width > 0 ? video.Width : null,
            CodedHeight = video.Height > 0 ? video.Height : null,
            Rotation = rotation,
            SampleAspectRatio = aspect is var (x, y) ? $"{x}:{y}" : null,
            AspectRatio = Geometry.Ratio(video.Width, video.Height, aspect, rotation),
            FrameRate = Rate(video.AvgFrameRate),
            BitRate = (long?)Positive(file.Format?.BitRate),
            PixelFormat = Known(video.PixFmt),
            BitDepth = Whole(video.BitsPerRawSample) is { } bits and <= 32 ? bits : PixelFormats.Depth(video.PixFmt),
            ColorPrimaries = Known(video.ColorPrimaries),
            ColorTransfer = Known(video.ColorTransfer),
            ColorMatrix = Known(video.ColorSpace),
            ColorRange = video.ColorRange switch { "tv" => "limited", "pc" => "full", _ => null },
            Hdr = HdrOf(video),
            Profile = Known(video.Profile),
            Interlaced = video.FieldOrder switch { "progressive" => false, "tt" or "bb" or "tb" or "bt" => true, _ => null },
            AudioChannels = audio?.Channels is > 0 ? audio.Channels : null,
            AudioSampleRate = Whole(audio?.SampleRate),
            Tracks = [.. streams.Take(MostTracks).Select(TrackOf)],
            RecordedAt = Time(file.Format?.Tags?.CreationTime),
        };
    }

    /// <summary>A finite number; null for anything else.</summary>
    public static double? Number(string? text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;

    private static double? Positive(string? text) => Number(text) is > 0 and var number ? number : null;

    private static int? Whole(string? text) =>
        int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) && number > 0 ? number : null;

    private static double? Rate(string? text)
    {
        var parts = (text ?? "").Split('/');
        if (parts.Length != 2 || Positive(parts[0]) is not { } pictures || Positive(parts[1]) is not { } seconds)
            return null;
        var rate = pictures / seconds;
        return rate <= MostFrameRate ? Math.Round(rate, 3) : null;
    }

    private static string? Known(string? text) => text is null or "" or "unknown" or "reserved" or "N/A" ? null : text;

    // Profile 5 of Dolby Vision has colours of its own, whatever it states beside; the others stand on PQ, HLG or standard range.
    private static string? HdrOf(ProbedStream video) => video.SideDataList?.Any(data => data.DvProfile is 5) is true
        ? "dolby_vision"
        : video.ColorTransfer switch { "smpte2084" => "pq", "arib-std-b67" => "hlg", _ => null };

    private static string NameOf(ContainerFormat? container, ProbedFormat? format) => container switch
    {
        { } known => known.Name,
        _ => format?.Tags?.MajorBrand == "qt  " ? "mov" : ContainerFormat.NameOf(format?.FormatName),
    };

    private static MediaTrack TrackOf(ProbedStream stream) => new(
        stream.IsCover ? "image" : Known(stream.CodecType) ?? "data",
        Known(stream.CodecName),
        stream.Tags?.Language is { } language && language != "und" && Language().IsMatch(language) ? language : null,
        stream.Disposition is { Default: not 0 },
        stream.Disposition is { Forced: not 0 },
        stream.Channels is > 0 ? stream.Channels : null,
        Whole(stream.SampleRate));

    private static DateTimeOffset? Time(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            && time >= _firstClock && time < _lastClock ? time : null;

    // ISO 639-2 or BCP 47: what else a file writes there is no language.
    [GeneratedRegex("^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}$")]
    private static partial Regex Language();
}
