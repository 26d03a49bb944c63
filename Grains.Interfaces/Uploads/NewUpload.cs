using Ingestion.Videos;

namespace Ingestion.Uploads;

/// <summary>An upload to be created.</summary>
/// <param name="Owner">The <c>sub</c> of the token.</param>
/// <param name="Kind">What kind of upload.</param>
/// <param name="FileName">As the client gave it; for display only.</param>
/// <param name="ContentType">The media type found in the first bytes; null as long as none have come.</param>
/// <param name="Length">Total bytes if known.</param>
/// <param name="Metadata">What the client wants back on request, as it sent it (<c>Upload-Metadata</c>).</param>
/// <param name="Concat">The header <c>Upload-Concat</c> of a partial or final upload, as sent.</param>
/// <param name="TimeToLive">How long it may lie unfinished after its last change.</param>
[GenerateSerializer, Immutable, Alias("ingestion.new-upload")]
public sealed record NewUpload(
    [property: Id(0)] string Owner,
    [property: Id(1)] UploadKind Kind,
    [property: Id(2)] string? FileName,
    [property: Id(3)] string? ContentType,
    [property: Id(4)] long? Length,
    [property: Id(5)] string? Metadata,
    [property: Id(6)] string? Concat,
    [property: Id(7)] TimeSpan TimeToLive)
{
    /// <summary>Whether the source must start like a known video container, where its bytes don't pass the edge, which would check.</summary>
    [Id(8)]
    public bool MustBeKnown { get; init; }

    /// <summary>What its bytes must have; null when the client gave none.</summary>
    [Id(9)]
    public SourceDigest? Digest { get; init; }

    /// <summary>What a final upload is put together from, in order; empty for every other kind.</summary>
    [Id(10)]
    public IReadOnlyList<UploadPiece> Pieces { get; init; } = [];

    /// <summary>The tenant of the token; null: none.</summary>
    [Id(11)]
    public string? Tenant { get; init; }

    /// <summary>What is to travel with the video; null: nothing.</summary>
    [Id(12)]
    public CallerData? Caller { get; init; }

    /// <summary>Bytes of its parts, which the client has chosen; null: the store chooses.</summary>
    [Id(13)]
    public int? PartSize { get; init; }
}

/// <summary>A partial upload that is part of a final one.</summary>
/// <param name="Id">Its upload id.</param>
/// <param name="Length">Its bytes.</param>
[GenerateSerializer, Immutable, Alias("ingestion.upload-piece")]
public sealed record UploadPiece([property: Id(0)] string Id, [property: Id(1)] long Length);

/// <summary>The digest of a whole source, as its client gave it.</summary>
/// <param name="Algorithm"><c>SHA256</c> or <c>SHA512</c>.</param>
/// <param name="Value">The hash.</param>
[GenerateSerializer, Immutable, Alias("ingestion.source-digest")]
public sealed record SourceDigest([property: Id(0)] string Algorithm, [property: Id(1)] ReadOnlyMemory<byte> Value);
