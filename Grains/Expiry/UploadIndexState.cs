// What is stored has the names that it had when uploads alone were listed: storage in JSON knows types by their full names, and their
// members too.
namespace Ingestion.Grains.Uploads;

/// <summary>Which pages a shard of an index has. Small however many are listed: one line a bucket.</summary>
[GenerateSerializer, Immutable, Alias("ingestion.upload-index-state")]
internal sealed record UploadIndexState
{
    /// <summary>By <see cref="IndexBucket.End"/>.</summary>
    [Id(0)]
    public IReadOnlyList<IndexBucket> Buckets { get; init; } = [];
}

/// <summary>Ids to be checked at the same time, on pages <paramref name="First"/> to <paramref name="Last"/>.</summary>
/// <param name="End">When, in seconds since 1970: not before any of them is due.</param>
/// <param name="First">The first page that has not been worked off.</param>
/// <param name="Last">The page that is being filled; it may be missing yet, then it is empty.</param>
[GenerateSerializer, Immutable, Alias("ingestion.index-bucket")]
internal sealed record IndexBucket([property: Id(0)] long End, [property: Id(1)] int First, [property: Id(2)] int Last);

/// <summary>Some of one bucket.</summary>
[GenerateSerializer, Immutable, Alias("ingestion.index-page")]
internal sealed record IndexPage
{
    /// <summary>Their ids, of uploads or of others.</summary>
    [Id(0)]
    public IReadOnlyList<string> UploadIds { get; init; } = [];
}
