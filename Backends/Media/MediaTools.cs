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

    internal MediaTools(ToolRunner runner, ToolPaths paths, IOptions<ToolOptions> limits) => (_runner, _paths, _limits) = (runner, paths, limits.Value);

    /// <summary>Where ffmpeg is.</summary>
    public string FfmpegPath => _paths.Ffmpeg;

    /// <summary>Before the first run, in the time of the start: otherwise the first run does it.</summary>
    public Task PrepareAsync(CancellationToken cancellationToken) => _runner.PrepareAsync(cancellationToken);

    /// <summary>Measures a source.</summary>
    public async Task<ProbeResult> ProbeAsync(MediaSource source, CancellationToken cancellationToken)
    {
        var run = await RunAsync(new ToolCommand(_paths.Ffprobe, MediaArguments.Probe(source, _limits), source, LongestReport), cancellationToken);
        return source.Failure is { } failure ? ProbeResult.Of($"store: {failure}") : ProbeVerdict.Of(run, _limits);
    }

    /// <summary>A still picture (JPEG) from a tenth into the video.</summary>
    public async Task<PosterResult> MakePosterAsync(MediaSource source, MediaInfo media, CancellationToken cancellationToken)
    {
        var second = Math.Min((media.DurationSeconds ?? 0) / 10, 10);
        var run = await RunAsync(new ToolCommand(_paths.Ffmpeg, MediaArguments.Poster(source, second, _limits), source, LongestPoster), cancellationToken);
        return source.Failure is { } failure ? new PosterResult(null, $"store: {failure}") : Judge(run);
    }

    private Task<ToolRun> RunAsync(ToolCommand command, CancellationToken cancellationToken)
    {
        command.Source.BeginRun();
        return _runner.RunAsync(command, cancellationToken);
    }

    private static PosterResult Judge(ToolRun run) => run switch
    {
        { Succeeded: true, Output.Length: 0 } or { End: ToolEnd.CpuLimit } => new PosterResult(null, null),
        { Succeeded: true } => JpegRules.IsPoster(run.Output) ? new PosterResult(run.Output, null) : new PosterResult(null, "ffmpeg: no picture"),
        // Its own complaint is about the frame; without one it did not come to decode any.
        { End: ToolEnd.Exited, Complaint.Length: > 0 } => new PosterResult(null, null),
        _ => new PosterResult(null, $"ffmpeg: {run.Summary}"),
    };
}
