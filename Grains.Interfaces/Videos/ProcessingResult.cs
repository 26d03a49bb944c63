namespace Ingestion.Videos;

/// <summary>What a worker made of a video: an <see cref="Error"/>, or the rest.</summary>
[GenerateSerializer, Immutable, Alias("ingestion.processing-result")]
public sealed record ProcessingResult(
    [property: Id(0)] ProcessingDepth Depth,
    [property: Id(1)] MediaInfo? Media,
    [property: Id(2)] bool HasPoster,
    [property: Id(3)] VideoError? Error);
