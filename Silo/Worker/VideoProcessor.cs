using Ingestion.Backends.Media;
using Ingestion.Telemetry;
using Ingestion.Uploads;
using Ingestion.Videos;

namespace Ingestion.Silo.Worker;

/// <summary>
/// Makes of a source what viewers need: reads it for its digest, measures it and takes a poster. Idempotent: everything goes to fixed names, so doing it again
/// replaces the same objects. Without tools the source and its digest are all there is.
/// </summary>
internal sealed partial class VideoProcessor(
    IObjectStore store, MediaSources sources, StoredDigest digest, MediaTools? tools, TimeProvider time, ILogger<VideoProcessor> logger)
{
    // A poster is an extra: what breaks in the moment is retried within the job, and then the video is ready without.
    private const int PosterTries = 3;

    // Percent of a job.
    private const int DigestEnds = 10;
    private const int ProbeEnds = 60;

    private static readonly TimeSpan _posterPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _posterStoring = TimeSpan.FromSeconds(30);

    /// <summary>Where ffmpeg is; null when videos are not measured at all.</summary>
    public string? ToolPath => tools?.FfmpegPath;

    /// <summary>In the time of the start: ends what an earlier process left of its tools, and looks at what this system offers.</summary>
    public Task PrepareAsync(CancellationToken cancellationToken) => tools?.PrepareAsync(cancellationToken) ?? Task.CompletedTask;

    /// <summary>A source that is no video is a result.</summary>
    /// <exception cref="ProcessingBrokenException">A tool gave no answer: to be retried.</exception>
    /// <exception cref="IOException">The store failed: to be retried.</exception>
    public async Task<ProcessingResult> ProcessAsync(VideoRecord video, JobProgress progress, CancellationToken cancellationToken)
    {
        var report = progress.Begin(ProcessingStep.Digest, from: 0, to: tools is null ? 100 : DigestEnds);
        var sha256 = await DigestAsync(video, report, cancellationToken);
        var result = tools is null
            ? new ProcessingResult(ProcessingDepth.SourceOnly, null, HasPoster: false, null)
            : await LookAsync(tools, video, progress, cancellationToken);
        return result with { Sha256 = sha256 };
    }

    private async Task<string> DigestAsync(VideoRecord video, Action<double> report, CancellationToken cancellationToken)
    {
        using var span = Spans.Start("digest source")?.SetTag("ingestion.video.size", video.SizeBytes);
        return await digest.ComputeAsync(video.Id, video.SizeBytes, report, cancellationToken);
    }

    private async Task<ProcessingResult> LookAsync(MediaTools tools, VideoRecord video, JobProgress progress, CancellationToken cancellationToken)
    {
        await using var source = await sources.OpenAsync(video.Id, video.SizeBytes, cancellationToken);
        source.ReportTo(progress.Begin(ProcessingStep.Probe, from: DigestEnds, to: ProbeEnds));
        var probe = await tools.ProbeAsync(source, cancellationToken);
        if (probe.Broken is { } broken)
            throw new ProcessingBrokenException(broken);
        if (probe.Media is not { } media)
        {
            await sources.ConfirmAsync(source, video.SizeBytes, cancellationToken);
            return new ProcessingResult(ProcessingDepth.Full, null, HasPoster: false, probe.Refusal);
        }

        source.ReportTo(progress.Begin(ProcessingStep.Poster, from: ProbeEnds, to: 100));
        var hasPoster = await TryPosterAsync(tools, source, media, cancellationToken);
        return new ProcessingResult(ProcessingDepth.Full, media, hasPoster, null);
    }

    private async Task<bool> TryPosterAsync(MediaTools posters, MediaSource source, MediaInfo media, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var (stored, broken) = await TryPosterOnceAsync(posters, source, media, cancellationToken);
            if (broken is null)
                return stored;
            if (attempt == PosterTries)
            {
                LogNoPoster(source.VideoId, attempt, broken);
                return false;
            }

            await Task.Delay(_posterPause * attempt, time, cancellationToken);
        }
    }

    private async Task<(bool Stored, string? Broken)> TryPosterOnceAsync(
        MediaTools posters, MediaSource source, MediaInfo media, CancellationToken cancellationToken)
    {
        try
        {
            var poster = await posters.MakePosterAsync(source, media, cancellationToken);
            if (poster.Jpeg is not { } jpeg)
                return (false, poster.Broken);
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(_posterStoring);
            await store.PutAsync(ObjectKey.Poster(source.VideoId), new MemoryStream(jpeg), limit.Token);
            return (true, null);
        }
#pragma warning disable CA1031 // Tools and stores fail in many ways; none of them fails a video for its poster.
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            return (false, e.Message);
        }
    }

    [LoggerMessage(EventName = "PosterGivenUp", Level = LogLevel.Warning, Message = "Video {VideoId} stays without a poster after {Tries} tries: {Reason}")]
    private partial void LogNoPoster(string videoId, int tries, string reason);
}

/// <summary>A tool gave no answer about its input: to be retried.</summary>
internal sealed class ProcessingBrokenException(string message) : Exception(message);
