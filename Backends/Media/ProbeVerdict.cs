using System.Text.Json;
using Ingestion.Backends.Media.Tools;
using Ingestion.Videos;

namespace Ingestion.Backends.Media;

/// <summary>
/// What a run of ffprobe shows about its input. Only a report, or ffprobe's own last word about that very source, is a verdict. A signal, a crash, a limit of
/// time and rubbish show nothing about it.
/// </summary>
internal static class ProbeVerdict
{
    private const string OutOfMemory = "Cannot allocate memory";

    public static readonly VideoError Unreadable = new("media_unreadable", "The file starts like a video but can't be read as one.");
    public static readonly VideoError TooDemanding = new("media_too_demanding", "Reading the file takes more memory or processor time than is allowed.");
    public static readonly VideoError TooLarge = new("dimensions_too_large", "The pictures of the video are larger than is allowed.");
    public static readonly VideoError TooManyStreams = new("too_many_streams", "The file has more tracks than are allowed.");

    // libavutil/error.c and strerror(3), as ffprobe prints them behind the name of its input. What is missing here, such as "Connection refused",
    // "Permission denied" or "Too many open files", is about us. (EIO is both; the store is checked before it counts.)
    private static readonly string[] _aboutTheInput =
    [
        "Invalid data found when processing input", "End of file", "Not yet implemented in FFmpeg, patches welcome", "Invalid argument",
            "Numerical result out of range", "Input/output error",
    ];

    /// <returns>The verdict, and the report when it is that of a video which is taken.</returns>
    public static (ProbeResult Result, ProbeReport? Report) Of(ToolRun run, ToolOptions limits, ContainerFormat? container) => run switch
    {
        { End: ToolEnd.CpuLimit } => (ProbeResult.Refused(TooDemanding), null),
        { End: not ToolEnd.Exited } => (ProbeResult.Of($"ffprobe: {run.Summary}"), null),
        { ExitCode: 0 } => OfReport(run, limits, container),
        _ => (OfComplaint(run), null),
    };

    private static (ProbeResult Result, ProbeReport? Report) OfReport(ToolRun run, ToolOptions limits, ContainerFormat? container)
    {
        ProbeReport report;
        try
        {
            report = ProbeReport.Read(run.Output, container);
        }
        catch (JsonException)
        {
            return (ProbeResult.Of("ffprobe: no report"), null);
        }

        if (report.Streams > limits.MaxStreams || HasTooManyStreams(run))
            return (ProbeResult.Refused(TooManyStreams), null);
        if (report.Media is not { } media)
            return (ProbeResult.Refused(HasTooManyPixels(run) ? TooLarge : report.Error!), null);
        var (width, height) = (media.CodedWidth ?? 0, media.CodedHeight ?? 0);
        var isTooLarge = width > limits.MaxSide || height > limits.MaxSide || (long)width * height > limits.MaxMegapixels * 1_000_000L;
        // A cover picture may be too large to be decoded, and the video is good. Without a size, the video is what was too large.
        return isTooLarge || ((width == 0 || height == 0) && HasTooManyPixels(run))
            ? (ProbeResult.Refused(TooLarge), null)
            : (ProbeResult.Of(media), report);
    }

    private static ProbeResult OfComplaint(ToolRun run)
    {
        var lastWord = run.Complaint.Split('\n', StringSplitOptions.TrimEntries)[^1];
        if (HasTooManyStreams(run))
            return ProbeResult.Refused(TooManyStreams);
        if (HasTooManyPixels(run))
            return ProbeResult.Refused(TooLarge);
        if (lastWord.EndsWith($": {OutOfMemory}", StringComparison.Ordinal))
            return ProbeResult.Refused(TooDemanding);
        return _aboutTheInput.Any(word => lastWord == $"source: {word}") ? ProbeResult.Refused(Unreadable) : ProbeResult.Of($"ffprobe: {run.Summary}");
    }

    private static bool HasTooManyStreams(ToolRun run) => run.Complaint.Contains("exceeds max_streams parameter", StringComparison.Ordinal);

    private static bool HasTooManyPixels(ToolRun run) => run.Complaint.Contains("exceeds specified max pixel count", StringComparison.Ordinal);
}
