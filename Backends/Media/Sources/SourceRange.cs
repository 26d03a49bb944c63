using Microsoft.Net.Http.Headers;

namespace Ingestion.Backends.Media;

/// <summary>What a tool wants of a source. One range, as tools send; anything else is the whole (RFC 9110, 14.2).</summary>
internal static class SourceRange
{
    /// <summary>Null when it begins behind the end.</summary>
    public static (long Offset, long Count, bool Partial)? Of(RangeHeaderValue? wanted, long length)
    {
        if (wanted is not { Ranges.Count: 1 } || wanted.Unit != "bytes")
            return (0, length, false);
        var range = wanted.Ranges.Single();
        var from = range.From ?? Math.Max(0, length - range.To!.Value);
        var to = range.From is null || range.To is null ? length - 1 : Math.Min(range.To.Value, length - 1);
        return from < length && from <= to ? (from, to - from + 1, true) : null;
    }
}
