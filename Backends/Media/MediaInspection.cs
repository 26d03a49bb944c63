using Ingestion.Backends.Media.Reports;
using Ingestion.Backends.Media.Tools;

namespace Ingestion.Backends.Media;

/// <summary>
/// Looks into what a report can't show: whether there are pictures at all, whether the bytes go as far as the container claims, and how long a video
/// is whose container does not state it. Each run is within the limits of any run; one that gives no answer shows nothing, and the video is good.
/// </summary>
internal sealed class MediaInspection(ToolRunner runner, ToolPaths paths, ToolOptions limits)
{
    // Lines of 30 bytes, of a group of pictures.
    private const int LongestList = 4 * 1024 * 1024;
    private const int LongestProgress = 64 * 1024;

    /// <summary>Any file ends before.</summary>
    private const int AfterEveryEnd = 99_999;

    /// <summary>The report's result, completed.</summary>
    public async Task<ProbeResult> CompleteAsync(MediaSource source, ProbeReport report, CancellationToken cancellationToken)
    {
        var media = report.Media!;
        var command = Command(paths.Ffmpeg, MediaArguments.Decode(source, InspectionRules.SecondsToDecode(media), limits), source, LongestProgress);
        var decoded = DecodeReport.Of(await runner.RunAsync(command, cancellationToken));
        if (decoded.Pictures is 0 && await HasNoPacketAsync(source, cancellationToken))
            return ProbeResult.Refused(ProbeReport.NoVideo);

        var isTruncated = false;
        if (media.DurationSeconds is not { } duration)
            media = InspectionRules.WithDuration(media, await EndAsync(source, cancellationToken) - report.StartSeconds, report);
        else if (InspectionRules.MayBeTruncated(media) && !InspectionRules.GoesFarEnough(decoded.EndSeconds, duration))
            isTruncated = await EndsEarlyAsync(source, report.StartSeconds, duration, cancellationToken);
        return ProbeResult.Of(media with { Warnings = InspectionRules.Warnings(media, decoded, isTruncated) });
    }

    /// <summary>Only positive knowledge counts: the whole file was read, and there is no packet of the video.</summary>
    private async Task<bool> HasNoPacketAsync(MediaSource source, CancellationToken cancellationToken)
    {
        var run = await runner.RunAsync(Command(paths.Ffprobe, MediaArguments.FirstPacket(source, limits), source, LongestList), cancellationToken);
        return run is { Succeeded: true, Complaint: "" } && run.Output.All(letter => letter is (byte)'\n' or (byte)'\r');
    }

    private async Task<bool> EndsEarlyAsync(MediaSource source, double start, double duration, CancellationToken cancellationToken)
    {
        var wanted = start + duration * InspectionRules.EnoughOfDuration;
        var run = await runner.RunAsync(
            Command(paths.Ffprobe, MediaArguments.Packets(source, wanted, wanted + 0.01, limits), source, LongestList), cancellationToken);
        return run.Succeeded && !(PacketTimes.EndOf(run.Output) >= wanted);
    }

    private async Task<double?> EndAsync(MediaSource source, CancellationToken cancellationToken)
    {
        var run = await runner.RunAsync(
            Command(paths.Ffprobe, MediaArguments.Packets(source, AfterEveryEnd, null, limits), source, LongestList), cancellationToken);
        return run.Succeeded ? PacketTimes.EndOf(run.Output) : null;
    }

    private static ToolCommand Command(string program, IReadOnlyList<string> arguments, MediaSource source, int longestOutput) =>
        new(program, arguments, source, longestOutput);
}
