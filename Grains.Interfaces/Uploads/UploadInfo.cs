using Ingestion.Videos;

namespace Ingestion.Uploads;

/// <summary>An upload as its owner sees it.</summary>
/// <param name="State">Where it is.</param>
/// <param name="Kind">What kind it is.</param>
/// <param name="Offset">The acknowledged prefix in bytes; never falls.</param>
/// <param name="Length">Total bytes if known.</param>
/// <param name="Metadata">As sent at creation.</param>
/// <param name="Concat">As sent at creation.</param>
/// <param name="FileName">As given at creation.</param>
/// <param name="ExpiresAt">When it goes if nothing more comes.</param>
/// <param name="Writing">Whether a writer holds the lease.</param>
/// <param name="Plan">How it is cut.</param>
/// <param name="StoreUploadId">The object store's handle; empty as long as there is none.</param>
[GenerateSerializer, Immutable, Alias("ingestion.upload-info")]
public sealed record UploadInfo(
    [property: Id(0)] UploadState State,
    [property: Id(1)] UploadKind Kind,
    [property: Id(2)] long Offset,
    [property: Id(3)] long? Length,
    [property: Id(4)] string? Metadata,
    [property: Id(5)] string? Concat,
    [property: Id(6)] string? FileName,
    [property: Id(7)] DateTimeOffset ExpiresAt,
    [property: Id(8)] bool Writing,
    [property: Id(9)] PartPlan Plan,
    [property: Id(10)] string StoreUploadId)
{
    /// <summary>Commits of the writer in this activation.</summary>
    [Id(11)]
    public long Commits { get; init; }

    /// <summary>When it was created.</summary>
    [Id(12)]
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>What is to travel with the video; null: nothing has come.</summary>
    [Id(13)]
    public CallerData? Caller { get; init; }
}

/// <summary>Where the parts of a direct upload go.</summary>
/// <param name="StoreUploadId">The object store's handle.</param>
/// <param name="Plan">How the source is cut.</param>
/// <param name="Length">Total bytes.</param>
[GenerateSerializer, Immutable, Alias("ingestion.direct-target")]
public sealed record DirectTarget([property: Id(0)] string StoreUploadId, [property: Id(1)] PartPlan Plan, [property: Id(2)] long Length);
