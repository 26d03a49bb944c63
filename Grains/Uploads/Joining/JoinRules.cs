using Ingestion.Uploads;

namespace Ingestion.Grains.Uploads.Joining;

/// <summary>How a final upload is cut into parts, and whether a partial upload may be one of its pieces: pure.</summary>
internal static class JoinRules
{
    /// <summary>The parts that follow <paramref name="from"/>, at most <paramref name="most"/>; none at the end.</summary>
    public static IReadOnlyList<JoinPart> Parts(PartPlan plan, IReadOnlyList<UploadPiece> pieces, long from, int most)
    {
        var parts = new List<JoinPart>();
        var end = pieces.Sum(piece => piece.Length);
        while (from < end && parts.Count < most)
        {
            var span = plan.PartOf(from);
            var length = Math.Min(span.Size, end - from);
            parts.Add(new JoinPart(span, Ranges(pieces, from, length)));
            from += length;
        }

        return parts;
    }

    /// <summary>Whether this partial upload may become a part of that final one. Ok again when it is one already.</summary>
    public static UploadOutcome Join(UploadManifest piece, string owner, string finalId)
    {
        if (piece.Kind is not UploadKind.Partial || piece.Owner != owner || piece.State is UploadState.None)
            return UploadOutcome.NotFound;
        if (piece.JoinedInto is { } other && (other != finalId || piece.IsSpent))
            return UploadOutcome.Used;
        return piece.State switch
        {
            UploadState.Completed => UploadOutcome.Ok,
            UploadState.Open or UploadState.Completing => UploadOutcome.Incomplete,
            // Given up by its owner while it is a part already: it stays one.
            _ => piece.JoinedInto is null ? UploadOutcome.Gone : UploadOutcome.Ok,
        };
    }

    private static List<CopyRange> Ranges(IReadOnlyList<UploadPiece> pieces, long offset, long length)
    {
        var ranges = new List<CopyRange>();
        foreach (var piece in pieces)
        {
            if (length > 0 && offset < piece.Length)
            {
                var count = Math.Min(piece.Length - offset, length);
                ranges.Add(new CopyRange(ObjectKey.Source(piece.Id), offset, count));
                (offset, length) = (piece.Length, length - count);
            }

            offset -= piece.Length;
        }

        return ranges;
    }
}

/// <summary>One part of a final upload, and where its bytes are.</summary>
internal sealed record JoinPart(PartSpan Span, IReadOnlyList<CopyRange> Ranges);
