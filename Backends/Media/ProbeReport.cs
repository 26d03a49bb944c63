using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Ingestion.Videos;

namespace Ingestion.Backends.Media;

/// <summary>ffprobe's JSON, as far as it is requested.</summary>
/// <param name="Media">What the video is; null when there is none.</param>
/// <param name="Error">Why there is none.</param>
/// <param name="Streams">Tracks of all kinds.</param>
internal sealed record ProbeReport(MediaInfo? Media, VideoError? Error, int Streams)
{
    private static readonly VideoError _noVideo = new("no_video_stream", "The file holds no video stream that can be read.");

    /// <exception cref="JsonException">It is no report.</exception>
    public static ProbeReport Read(ReadOnlySpan<byte> json)
    {
        var report = JsonSerializer.Deserialize(json, ProbeJson.Default.Report);
        var streams = report?.Streams ?? [];
        // Cover pictures are video streams too, of audio files.
        var video = streams.FirstOrDefault(stream => stream is { CodecType: "video", Disposition.AttachedPicture: 0 }
            or { CodecType: "video", Disposition: null });
        if (video?.CodecName is not { } codec)
            return new ProbeReport(null, _noVideo, streams.Count);
        var audio = streams.FirstOrDefault(stream => stream.CodecType == "audio");
        var media = new MediaInfo(Seconds(report!.Format?.Duration), video.Width, video.Height, report.Format?.FormatName ?? "", codec, audio?.CodecName);
        return new ProbeReport(media, null, streams.Count);
    }

    private static double? Seconds(string? text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && double.IsFinite(seconds) ? seconds : null;

    internal sealed record Report(List<Stream>? Streams, Format? Format);

    internal sealed record Stream(string? CodecType, string? CodecName, int Width, int Height, Disposition? Disposition);

    internal sealed record Disposition([property: JsonPropertyName("attached_pic")] int AttachedPicture);

    internal sealed record Format(string? FormatName, string? Duration);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ProbeReport.Report))]
internal sealed partial class ProbeJson : JsonSerializerContext;
