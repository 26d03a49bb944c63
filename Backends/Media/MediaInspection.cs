using Ingestion.Backends.Media.Reports;
using Ingestion.Backends.Media.Tools;
using Ingestion.Videos;

namespace Ingestion.Backends.Media;

/// <summary>
/// Looks into what a report can't show: whether there are pictures at all, whether the bytes go as far as the container claims, and how long a video
/// is whose container does not state it. Each run is within the limits of any run; one that gives no answer shows nothing, and the video is good.
/// </summary>
internal sealed class MediaInspection(ToolRunner runner, ToolPaths paths, ToolOptions limits)
{
    // Lines of 30 to 40 bytes: of a group of pictures, or of all packets of half an hour.
    private const int LongestList = 4 * 1024 * 1024;
    private const int LongestProgress = 64 * 1024;

    /// <summary>Any file ends before.</summary>
    private const int AfterEveryEnd = 99_999;

    /// <summary>The report's result, completed.</summary>
    public async Task<ProbeResult> CompleteAsync(MediaSource source, ProbeReport report, CancellationToken cancellationToken)
    {
        var media = report.Media!;
        var packets = InspectionRules.IsListed(report) ? await ListAsync(source, cancellationToken) : null;
        var isStated = media.DurationSeconds is not null;
        if (!isStated)
            media = InspectionRules.WithDuration(media, (packets?.End ?? await EndAsync(source, cancellationToken)) - report.StartSeconds, report);
        var (decoded, hasFaults) = await DecodeAsync(source, media, cancellationToken);
        if (decoded.Pictures is 0 && await HasNoPacketAsync(source, cancellationToken))
            return ProbeResult.Refused(ProbeReport.NoVideo);

        var isTruncated = isStated && media.DurationSeconds is { } duration && InspectionRules.MayBeTruncated(media)
            && !InspectionRules.GoesFarEnough(decoded.EndSeconds, duration)
            && await EndsEarlyAsync(source, report.StartSeconds, duration, cancellationToken);
        var isDamaged = hasFaults || (packets is not null && InspectionRules.HasHole(packets, media, report));
        return ProbeResult.Of(media with { Warnings = InspectionRules.Warnings(isDamaged, isTruncated), Decoded = decoded.Extent });
    }

    /// <summary>Decodes all or some places, until one has faults.</summary>
    private async Task<(DecodeReport Report, bool HasFaults)> DecodeAsync(MediaSource source, MediaInfo media, CancellationToken cancellationToken)
    {
        var (plan, spent, all) = (InspectionRules.Plan(media, limits.DecodeMegapixels), TimeSpan.Zero, DecodeReport.None);
        foreach (var stretch in plan)
        {
            if (spent.TotalSeconds > limits.TotalSeconds)
                break;
            var run = await runner.RunAsync(Command(paths.Ffmpeg, MediaArguments.Decode(source, stretch, limits), source, LongestProgress), cancellationToken);
            var report = DecodeReport.Of(run, stretch);
            (all, spent) = (all.With(report), spent + run.Elapsed);
            if (plan.Count > 1 && all.Extent is not null)
                all = all with { Extent = MediaDecoded.Sampled };
            if (InspectionRules.HasFaults(report, media))
                return (all, true);
        }

        return (all, false);
    }

    private async Task<PacketList?> ListAsync(MediaSource source, CancellationToken cancellationToken)
    {
        var run = await runner.RunAsync(Command(paths.Ffprobe, MediaArguments.AllPackets(source, limits), source, LongestList), cancellationToken);
        return run.End is ToolEnd.Exited ? PacketList.Of(run.Output, run.Complaint.Length > 0) : null;
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
