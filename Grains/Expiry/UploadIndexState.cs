// Members have the names from when uploads alone were listed: stored JSON knows them by name.
namespace Ingestion.Grains.Uploads;

/// <summary>Which pages a shard of an index has. Small however many are listed: one line a bucket.</summary>
internal sealed record UploadIndexState
{
    /// <summary>By <see cref="IndexBucket.End"/>.</summary>
    public IReadOnlyList<IndexBucket> Buckets { get; init; } = [];
}

/// <summary>Ids to be checked at the same time, on pages <paramref name="First"/> to <paramref name="Last"/>.</summary>
/// <param name="End">When, in seconds since 1970: not before any of them is due.</param>
/// <param name="First">The first page that has not been worked off.</param>
/// <param name="Last">The page that is being filled; it may be missing yet, then it is empty.</param>
internal sealed record IndexBucket(long End, int First, int Last);

/// <summary>Some of one bucket.</summary>
internal sealed record IndexPage
{
    /// <summary>Their ids, of uploads or of others.</summary>
    public IReadOnlyList<string> UploadIds { get; init; } = [];
}
