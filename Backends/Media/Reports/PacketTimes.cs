using System.Text;

namespace Ingestion.Backends.Media.Reports;

/// <summary>Packets as ffprobe prints them: presentation time, decoding time and duration in seconds, each possibly <c>N/A</c>.</summary>
internal static class PacketTimes
{
    /// <summary>When the last of them ends; null when none has a time.</summary>
    public static double? EndOf(ReadOnlySpan<byte> csv)
    {
        double? end = null;
        foreach (var line in Encoding.UTF8.GetString(csv).Split('\n'))
        {
            var fields = line.Trim().Split(',');
            if (fields.Length < 2 || (MediaFacts.Number(fields[0]) ?? MediaFacts.Number(fields[1])) is not { } time)
                continue;
            var after = time + (fields.Length > 2 ? MediaFacts.Number(fields[2]) ?? 0 : 0);
            end = end is { } known ? Math.Max(known, after) : after;
        }

        return end;
    }
}
