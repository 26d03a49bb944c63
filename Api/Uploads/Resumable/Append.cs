using Ingestion.Api.Problems;
using Ingestion.Api.Uploads.Sessions;
using Ingestion.Uploads;
using Ingestion.Videos;

namespace Ingestion.Api.Uploads.Resumable;

/// <summary>When the body of an append is the last one.</summary>
internal enum CompletesWhen
{
    /// <summary>Never by itself: the client completes it.</summary>
    Never,

    /// <summary>When the upload has its declared length (tus).</summary>
    LengthReached,

    /// <summary>When this body has come whole.</summary>
    BodyEnded,
}

/// <summary>One request that appends to an upload.</summary>
/// <param name="Offset">Where the client believes the upload ends; null takes over wherever that is.</param>
/// <param name="Completes">Whether it is the last one.</param>
/// <param name="Length">The total length, if this request declares it.</param>
/// <param name="Digest">A checksum over this body; then all of it counts, or nothing.</param>
internal sealed record Append(long? Offset, CompletesWhen Completes, long? Length = null, IBodyDigest? Digest = null)
{
    /// <summary>The digest of the whole source, if this request has it.</summary>
    public SourceDigest? SourceDigest { get; init; }

    /// <summary>Which refusals of this body end the upload for good; none as it comes.</summary>
    public Func<Problem, bool> IsFatal { get; init; } = static _ => false;

    /// <summary>Called between two reads of the body with the acknowledged bytes of the upload.</summary>
    public Func<long, ValueTask>? OnAcknowledgedAsync { get; init; }
}

/// <summary>How an append went.</summary>
/// <param name="Problem">Null when it went well.</param>
/// <param name="Offset">Acknowledged bytes now; where the client has to continue.</param>
/// <param name="Length">Total bytes if known.</param>
/// <param name="ExpiresAt">When the upload goes if nothing more comes.</param>
/// <param name="IsComplete">Whether the upload has all it needs.</param>
/// <param name="Video">What it became by this request.</param>
/// <param name="HasFailed">Whether the upload is given up.</param>
internal sealed record AppendResult(
    Problem? Problem, long Offset, long? Length, DateTimeOffset ExpiresAt, bool IsComplete = false, VideoRecord? Video = null, bool HasFailed = false);
