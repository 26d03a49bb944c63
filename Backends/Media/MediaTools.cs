using Ingestion.Backends.Media.Tools;
using Ingestion.Videos;
using Microsoft.Extensions.Options;

namespace Ingestion.Backends.Media;

/// <summary>ffprobe and ffmpeg, as far as processing needs them.</summary>
public sealed class MediaTools
{
    // The report of a source with as many streams as are allowed stays well below; more is not a report.
    private const int LongestReport = 1024 * 1024;

    // Noise of 1280 × 1280 at this quality takes 1.5 MB.
    private const int LongestPoster = 4 * 1024 * 1024;

    private readonly ToolRunner _runner;
    private readonly ToolPaths _paths;
    private readonly ToolOptions _limits;
    private readonly MediaInspection _inspection;

    internal MediaTools(ToolRunner runner, ToolPaths paths, IOptions<ToolOptions> limits)
    {
        (_runner, _paths, _limits) = (runner, paths, limits.Value);
        _inspection = new MediaInspection(runner, paths, limits.Value);
    }

    /// <summary>Where both are, for a sentence; null unless they are. For who does not run them.</summary>
    /// <param name="path">Written like PATH.</param>
    public static string? Locate(string? path) => ToolPaths.Find(path) is { } paths ? $"{paths.Ffprobe} and {paths.Ffmpeg}" : null;

    /// <summary>Where ffmpeg is.</summary>
    public string FfmpegPath => _paths.Ffmpeg;

    /// <summary>Before the first run, in the time of the start: otherwise the first run does it.</summary>
    public Task PrepareAsync(CancellationToken cancellationToken) => _runner.PrepareAsync(cancellationToken);

    /// <summary>Measures a source.</summary>
    public async Task<ProbeResult> ProbeAsync(MediaSource source, CancellationToken cancellationToken)
    {
        source.ForgetFailure();
        var run = await ReportAsync(source, withTags: true, cancellationToken);
        if (run.End is ToolEnd.Flooded)
            run = await ReportAsync(source, withTags: false, cancellationToken);
        var (result, report) = ProbeVerdict.Of(run, _limits, source.Container);
        if (report is not null && source.Failure is null)
            result = await _inspection.CompleteAsync(source, report, cancellationToken);
        return source.Failure is { } failure ? ProbeResult.Of($"store: {failure}") : result;
    }

    /// <summary>
    /// A still picture (JPEG) from about a tenth into the video, as it is shown: turned, in square pixels, of one field, in standard range, and not black
    /// as long as another one is found.
    /// </summary>
    public async Task<PosterResult> MakePosterAsync(MediaSource source, MediaInfo media, CancellationToken cancellationToken)
    {
        source.ForgetFailure();
        var (spent, mustBePlain) = (TimeSpan.Zero, false);
        var result = new PosterResult(null, null);
        foreach (var attempt in PosterPlan.Attempts(media))
        {
            if (!attempt.IsPlain && (mustBePlain || spent.TotalSeconds > _limits.TotalSeconds))
                continue;
            var arguments = MediaArguments.Poster(source, attempt, PosterPlan.Filters(media, attempt), _limits);
            var run = await _runner.RunAsync(new ToolCommand(_paths.Ffmpeg, arguments, source, LongestPoster), cancellationToken);
            if (source.Failure is { } failure)
                return new PosterResult(null, $"store: {failure}");
            result = Judge(run);
            if (result is not { Jpeg: null, Broken: null } || run.End is not ToolEnd.Exited)
                break;
            // With a complaint it may be a filter that this ffmpeg lacks, or colours that it can't convert.
            (spent, mustBePlain) = (spent + run.Elapsed, !run.Succeeded);
        }

        return result;
    }

    private Task<ToolRun> ReportAsync(MediaSource source, bool withTags, CancellationToken cancellationToken) =>
        _runner.RunAsync(new ToolCommand(_paths.Ffprobe, MediaArguments.Probe(source, _limits, withTags), source, LongestReport), cancellationToken);

    private static PosterResult Judge(ToolRun run) => run switch
    {
        { Succeeded: true, Output.Length: 0 } or { End: ToolEnd.CpuLimit } => new PosterResult(null, null),
        { Succeeded: true } => JpegRules.IsPoster(run.Output) ? new PosterResult(run.Output, null) : new PosterResult(null, "ffmpeg: no picture"),
        // Its own complaint is about the frame; without one it did not come to decode any.
        { End: ToolEnd.Exited, Complaint.Length: > 0 } => new PosterResult(null, null),
        _ => new PosterResult(null, $"ffmpeg: {run.Summary}"),
    };
}
