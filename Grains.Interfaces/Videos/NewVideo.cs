using Ingestion.Status;

namespace Ingestion.Videos;

/// <summary>What a completed upload makes a video of.</summary>
/// <param name="Owner">The <c>sub</c> of the token.</param>
/// <param name="FileName">As the client gave it.</param>
/// <param name="ContentType">From the first bytes.</param>
/// <param name="SizeBytes">Bytes of the source.</param>
/// <param name="CreatedAt">When the upload began.</param>
/// <param name="Unpublished">The upload's first event, if it could not be published: the video publishes it before its own events.</param>
[GenerateSerializer, Immutable, Alias("ingestion.new-video")]
public sealed record NewVideo(
    [property: Id(0)] string Owner,
    [property: Id(1)] string? FileName,
    [property: Id(2)] string ContentType,
    [property: Id(3)] long SizeBytes,
    [property: Id(4)] DateTimeOffset CreatedAt,
    [property: Id(5)] StatusEvent? Unpublished = null)
{
    /// <summary>The tenant of the token that uploaded it; null: none.</summary>
    [Id(6)]
    public string? Tenant { get; init; }

    /// <summary>The caller's own data; null: none.</summary>
    [Id(7)]
    public CallerData? Caller { get; init; }

    /// <summary>Whether <see cref="Unpublished"/> was never tried before; false: it may be published already.</summary>
    [Id(8)]
    public bool IsUnpublishedNew { get; init; }
}
