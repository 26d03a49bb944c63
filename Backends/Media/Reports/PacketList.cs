using System.Buffers.Text;

namespace Ingestion.Backends.Media.Reports;

/// <summary>Every packet of a source, as ffprobe lists them: presentation time, duration (s), size and place (bytes), each possibly <c>N/A</c>.</summary>
/// <param name="Start">When the first of them begins, in seconds; null when none has a time.</param>
/// <param name="End">When the last of them ends.</param>
/// <param name="LongestHole">Seconds between two of them in which no track has one.</param>
/// <param name="EndByte">Where the last of them ends in the file; 0 where that is not known.</param>
/// <param name="HasComplaint">Whether the reader complained of anything.</param>
internal sealed record PacketList(double? Start, double? End, double LongestHole, long EndByte, bool HasComplaint)
{
    /// <summary>From the first to the last of them; null when none has a time.</summary>
    public double? Length => End - Start;

    public static PacketList Of(ReadOnlySpan<byte> csv, bool hasComplaint)
    {
        var (times, endByte) = (new List<(double From, double To)>(), 0L);
        foreach (var range in csv.Split((byte)'\n'))
        {
            var line = csv[range];
            var (time, length, size, place) = (Next(ref line), Next(ref line), Next(ref line), Next(ref line));
            if (place is { } at)
                endByte = Math.Max(endByte, (long)(at + (size ?? 0)));
            if (time is { } from)
                times.Add((from, from + Math.Max(0, length ?? 0)));
        }

        // Pictures are stored in the order of decoding.
        times.Sort();
        var (hole, end) = (0.0, times is [var first, ..] ? first.From : (double?)null);
        foreach (var (from, to) in times)
        {
            hole = Math.Max(hole, from - end!.Value);
            end = Math.Max(end.Value, to);
        }

        return new PacketList(times is [var start, ..] ? start.From : null, end, hole, endByte, hasComplaint);
    }

    private static double? Next(ref ReadOnlySpan<byte> line)
    {
        var comma = line.IndexOf((byte)',');
        var field = comma < 0 ? line : line[..comma];
        line = comma < 0 ? [] : line[(comma + 1)..];
        return Utf8Parser.TryParse(field, out double value, out _) && double.IsFinite(value) ? value : null;
    }
}
