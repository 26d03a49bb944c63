using Ingestion.Uploads;
using Ingestion.Videos;

namespace Ingestion.Grains.Uploads;

/// <summary>
/// What is stored of an upload. Immutable: a rule makes the next one. The write lease is not part of it, so that taking it costs no
/// write: it lives with the activation, and outlives it only where that leaves with its silo.
/// </summary>
public sealed record UploadManifest
{
    /// <summary>Where the upload is.</summary>
    public UploadState State { get; init; }

    /// <summary>The token's <c>sub</c>.</summary>
    public string Owner { get; init; } = "";

    /// <summary>What kind of upload.</summary>
    public UploadKind Kind { get; init; }

    /// <summary>As the client gave it.</summary>
    public string? FileName { get; init; }

    /// <summary>From the first bytes; null as long as too few have come.</summary>
    public string? ContentType { get; init; }

    /// <summary>Total bytes if known.</summary>
    public long? Length { get; init; }

    /// <summary>The client's own, as sent.</summary>
    public string? Metadata { get; init; }

    /// <summary>The client's <c>Upload-Concat</c>, as sent.</summary>
    public string? Concat { get; init; }

    /// <summary>How the source is cut.</summary>
    public PartPlan Plan { get; init; }

    /// <summary>The store's handle; empty as long as it has none.</summary>
    public string StoreUploadId { get; init; } = "";

    /// <summary>The parts that are safe, in order, without gaps.</summary>
    public IReadOnlyList<UploadPart> Parts { get; init; } = [];

    /// <summary>What is safe behind them.</summary>
    public UploadTail? Tail { get; init; }

    /// <summary>The first bytes, as long as <see cref="ContentType"/> is open.</summary>
    public ReadOnlyMemory<byte> Head { get; init; }

    /// <summary>When it was created.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When bytes or an end last came.</summary>
    public DateTimeOffset TouchedAt { get; init; }

    /// <summary>How long it may lie after that.</summary>
    public TimeSpan TimeToLive { get; init; }

    /// <summary>While <see cref="UploadState.Ending"/>: what it will be.</summary>
    public UploadState EndsAs { get; init; }

    /// <summary>Why it failed; null unless it did.</summary>
    public VideoError? Error { get; init; }

    /// <summary>Bytes of the finished object, once its parts are forgotten.</summary>
    public long? FinalLength { get; init; }

    /// <summary>Whether the source must be a known container, where its bytes do not pass the edge.</summary>
    public bool MustBeKnown { get; init; }

    /// <summary>What the bytes of the source must have; null when the client gave no digest.</summary>
    public SourceDigest? Digest { get; init; }

    /// <summary>What a final upload is put together from; empty once those have gone.</summary>
    public IReadOnlyList<UploadPiece> Pieces { get; init; } = [];

    /// <summary>The final upload that this partial one is, or was, a part of; null when it is free.</summary>
    public string? JoinedInto { get; init; }

    /// <summary>Whether its bytes have gone with its final upload. Its record stays for clients that repeat a request.</summary>
    public bool IsSpent { get; init; }

    /// <summary>The tenant of the token that created it; null: none.</summary>
    public string? Tenant { get; init; }

    /// <summary>What is to travel with the video; null: nothing.</summary>
    public CallerData? Caller { get; init; }

    /// <summary>
    /// The lease that the activation had granted when its silo stopped, for the next activation; 0 when there was none, or something was stored since.
    /// </summary>
    public long KeptLease { get; init; }

    /// <summary>When it goes unless something comes.</summary>
    public DateTimeOffset ExpiresAt => TouchedAt + TimeToLive;

    /// <summary>Bytes in the parts.</summary>
    public long PartsEnd => Parts.Count == 0 ? 0 : Parts[^1].Offset + Parts[^1].Length;

    /// <summary>The contiguous acknowledged prefix in bytes.</summary>
    public long Offset => FinalLength ?? (PartsEnd + (Tail?.Length ?? 0));

    /// <summary>Whether it is a final upload whose pieces are being copied.</summary>
    internal bool IsJoining => Kind is UploadKind.Final && State is UploadState.Open && Pieces.Count > 0;

    /// <summary>Whether it is a piece that its final upload removes, and nothing else.</summary>
    internal bool IsHeld => JoinedInto is not null && !IsSpent;

    /// <summary>Whether it survives its silo.</summary>
    internal bool IsStored => Kind is not UploadKind.Form;
}
