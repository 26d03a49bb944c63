namespace Ingestion.Videos;

/// <summary>What a worker made of a video: an <see cref="Error"/>, or the rest.</summary>
[GenerateSerializer, Immutable, Alias("ingestion.processing-result")]
public sealed record ProcessingResult(
    [property: Id(0)] ProcessingDepth Depth,
    [property: Id(1)] MediaInfo? Media,
    [property: Id(2)] bool HasPoster,
    [property: Id(3)] VideoError? Error)
{
    /// <summary>SHA-256 of the stored source, 64 lowercase hex digits; null of a silo that computes none.</summary>
    [Id(4)]
    public string? Sha256 { get; init; }
}
