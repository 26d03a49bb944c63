using System.Globalization;
using Ingestion.Grains.Storage;
using Ingestion.Grains.Videos;

namespace Ingestion.Grains.Check;

/// <summary>A place in a user's library as it is stored: a head, and segments of fixed size.</summary>
/// <param name="Segment">Number of the segment.</param>
/// <param name="Index">Place in it, from 0.</param>
public readonly record struct LibraryPlace(long Segment, int Index)
{
    /// <summary>The type of the grains that keep libraries.</summary>
    public const string GrainType = "library";

    /// <summary>The state that names the segments there are.</summary>
    public const string Head = Prefix + "head";

    private const string Prefix = "library-";

    /// <summary>The state of the segment.</summary>
    public string StateName => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{Segment}");

    /// <summary>The position, from 1.</summary>
    public long Position => (Segment * VideoList.SegmentCapacity) + Index + 1;

    /// <summary>The place of a position, from 1.</summary>
    public static LibraryPlace Of(long position) => new((position - 1) / VideoList.SegmentCapacity, (int)((position - 1) % VideoList.SegmentCapacity));

    /// <summary>The number of a segment; null when the state is none.</summary>
    public static long? SegmentOf(string stateName) =>
        long.TryParse(stateName.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var segment) ? segment : null;

    /// <summary>Whether this place of a library has the video.</summary>
    public bool Has(string videoId, LogHead? head, LogSegment<string>? segment) =>
        head is not null && head.First <= Segment && Segment <= head.Last && segment is not null && Index < segment.Items.Count
        && segment.Items[Index] == videoId;
}
