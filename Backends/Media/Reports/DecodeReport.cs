using System.Text;
using Ingestion.Backends.Media.Tools;
using Ingestion.Videos;

namespace Ingestion.Backends.Media.Reports;

/// <summary>What decoding a stretch came to, or several.</summary>
/// <param name="Pictures">How many came out; null when the run gave no answer.</param>
/// <param name="EndSeconds">When the last of them ends, counted from the start; null when none came out, or not from the start.</param>
/// <param name="Faults">Complaints about pictures, of those that were kept.</param>
/// <param name="Extent"><see cref="MediaDecoded"/>; null when nothing was.</param>
internal sealed record DecodeReport(int? Pictures, double? EndSeconds, int Faults, string? Extent)
{
    public static readonly DecodeReport None = new(null, null, 0, null);

    // Of ffmpeg itself (5, 6 and 7), the same for every decoder: it went on with a picture that has errors, or there was none to go on with.
    private static readonly string[] _faults =
        ["corrupt decoded frame", "Error while decoding stream #", "Error submitting packet to decoder", "Decoding error:"];

    public static DecodeReport Of(ToolRun run, Stretch stretch)
    {
        var faults = run.Complaint.Split('\n').Count(line => _faults.Any(fault => line.Contains(fault, StringComparison.Ordinal)));
        if (run.End is not (ToolEnd.Exited or ToolEnd.Flooded))
            return new DecodeReport(null, null, faults, null);
        var (pictures, end) = (0, (double?)null);
        foreach (var line in Encoding.UTF8.GetString(run.Output).Split('\n'))
        {
            if (Value(line, "frame=") is { } frame)
                pictures = (int)Math.Min(frame, int.MaxValue);
            if (Value(line, "out_time_us=") is { } time)
                end = time / 1_000_000;
        }

        var isWhole = run.End is ToolEnd.Exited && stretch.From == 0 && (stretch.Seconds is not { } most || end < most);
        return new DecodeReport(
            pictures, pictures > 0 && stretch.From == 0 ? end : null, faults, isWhole ? MediaDecoded.Whole : MediaDecoded.Sampled);
    }

    /// <summary>Together with a later stretch.</summary>
    public DecodeReport With(DecodeReport next) => new(
        Pictures is null ? next.Pictures : Pictures + (next.Pictures ?? 0), EndSeconds ?? next.EndSeconds, Faults + next.Faults,
        Extent is null ? next.Extent : MediaDecoded.Sampled);

    private static double? Value(string line, string name) =>
        line.StartsWith(name, StringComparison.Ordinal) ? MediaFacts.Number(line[name.Length..].Trim()) : null;
}
