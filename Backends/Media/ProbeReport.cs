using System.Text.Json;
using Ingestion.Backends.Media.Reports;
using Ingestion.Videos;

namespace Ingestion.Backends.Media;

/// <summary>What ffprobe reported of a source.</summary>
/// <param name="Media">What the video is; null when there is none.</param>
/// <param name="Error">Why there is none.</param>
/// <param name="Streams">Tracks of all kinds.</param>
/// <param name="StartSeconds">The time of the first packet.</param>
/// <param name="SizeBytes">As the tool saw it; null when it did not.</param>
internal sealed record ProbeReport(MediaInfo? Media, VideoError? Error, int Streams, double StartSeconds, long? SizeBytes)
{
    /// <summary>Whether the container lists every picture apart from them: then none can be lost without a trace.</summary>
    public bool HasIndex { get; init; }

    public static readonly VideoError NoVideo = new("no_video_stream", "The file holds no video stream that can be read.");

    /// <exception cref="JsonException">It is no report.</exception>
    public static ProbeReport Read(ReadOnlySpan<byte> json, ContainerFormat? container = null)
    {
        var file = JsonSerializer.Deserialize(json, ProbeJson.Default.ProbedFile);
        var streams = file?.Streams?.Count ?? 0;
        // Cover pictures are video streams too, of audio files.
        var video = file?.Streams?.FirstOrDefault(stream => stream is { IsVideo: true });
        if (video?.CodecName is null)
            return new ProbeReport(null, NoVideo, streams, 0, null);
        var size = MediaFacts.Number(file!.Format?.Size) is > 0 and var bytes ? (long)bytes : (long?)null;
        return new ProbeReport(MediaFacts.Of(file, video, container), null, streams, MediaFacts.Number(file.Format?.StartTime) ?? 0, size)
        {
            HasIndex = MediaFacts.Number(video.NbFrames) is > 0,
        };
    }
}
