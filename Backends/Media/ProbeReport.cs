using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Ingestion.Videos;

namespace Ingestion.Backends.Media;

/// <summary>Reads ffprobe's JSON.</summary>
internal static class ProbeReport
{
    public static (MediaInfo? Media, VideoError? Error) Read(ReadOnlySpan<byte> json)
    {
        var report = JsonSerializer.Deserialize(json, ProbeJson.Default.Report);
        var streams = report?.Streams ?? [];
        // Cover pictures are video streams too, of audio files.
        var video = streams.FirstOrDefault(stream => stream is { CodecType: "video", Disposition.AttachedPicture: 0 } or { CodecType: "video", Disposition: null });
        if (video?.CodecName is not { } codec)
            return (null, new VideoError("no_video_stream", "The file holds no video stream that can be read."));
        var audio = streams.FirstOrDefault(stream => stream.CodecType == "audio");
        return (new MediaInfo(Seconds(report!.Format?.Duration), video.Width, video.Height, report.Format?.FormatName ?? "", codec, audio?.CodecName), null);
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
