using Ingestion.Uploads;
using Ingestion.Videos;

namespace Ingestion.Grains.Uploads;

/// <summary>
/// What is stored of an upload. Immutable: a rule makes the next one. The write lease is not part of it: that lives and dies with the
/// activation, so that taking it costs no write.
/// </summary>
[GenerateSerializer, Immutable, Alias("ingestion.upload-manifest")]
public sealed record UploadManifest
{
    /// <summary>Where the upload is.</summary>
    [Id(0)]
    public UploadState State { get; init; }

    /// <summary>The token's <c>sub</c>.</summary>
    [Id(1)]
    public string Owner { get; init; } = "";

    /// <summary>What kind of upload.</summary>
    [Id(2)]
    public UploadKind Kind { get; init; }

    /// <summary>As the client gave it.</summary>
    [Id(3)]
    public string? FileName { get; init; }

    /// <summary>From the first bytes; null as long as too few have come.</summary>
    [Id(4)]
    public string? ContentType { get; init; }

    /// <summary>Total bytes if known.</summary>
    [Id(5)]
    public long? Length { get; init; }

    /// <summary>The client's own, as sent.</summary>
    [Id(6)]
    public string? Metadata { get; init; }

    /// <summary>The client's <c>Upload-Concat</c>, as sent.</summary>
    [Id(7)]
    public string? Concat { get; init; }

    /// <summary>How the source is cut.</summary>
    [Id(8)]
    public PartPlan Plan { get; init; }

    /// <summary>The store's handle; empty as long as it has none.</summary>
    [Id(9)]
    public string StoreUploadId { get; init; } = "";

    /// <summary>The parts that are safe, in order, without gaps.</summary>
    [Id(10)]
    public IReadOnlyList<UploadPart> Parts { get; init; } = [];

    /// <summary>What is safe behind them.</summary>
    [Id(11)]
    public UploadTail? Tail { get; init; }

    /// <summary>The first bytes, as long as <see cref="ContentType"/> is open.</summary>
    [Id(12)]
    public ReadOnlyMemory<byte> Head { get; init; }

    /// <summary>When it was created.</summary>
    [Id(13)]
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When bytes or an end last came.</summary>
    [Id(14)]
    public DateTimeOffset TouchedAt { get; init; }

    /// <summary>How long it may lie after that.</summary>
    [Id(15)]
    public TimeSpan TimeToLive { get; init; }

    /// <summary>While <see cref="UploadState.Ending"/>: what it will be.</summary>
    [Id(16)]
    public UploadState EndsAs { get; init; }

    /// <summary>Why it failed; null unless it did.</summary>
    [Id(17)]
    public VideoError? Error { get; init; }

    /// <summary>Bytes of the finished object, once its parts are forgotten.</summary>
    [Id(18)]
    public long? FinalLength { get; init; }

    /// <summary>Whether the source must be a known container, where its bytes do not pass the edge.</summary>
    [Id(19)]
    public bool MustBeKnown { get; init; }

    /// <summary>What the bytes of the source must have; null when the client gave no digest.</summary>
    [Id(20)]
    public SourceDigest? Digest { get; init; }

    /// <summary>When it goes unless something comes.</summary>
    public DateTimeOffset ExpiresAt => TouchedAt + TimeToLive;

    /// <summary>Bytes in the parts.</summary>
    public long PartsEnd => Parts.Count == 0 ? 0 : Parts[^1].Offset + Parts[^1].Length;

    /// <summary>The contiguous acknowledged prefix in bytes.</summary>
    public long Offset => FinalLength ?? (PartsEnd + (Tail?.Length ?? 0));

    /// <summary>Whether it survives its silo.</summary>
    internal bool IsStored => Kind is not UploadKind.Form;
}
