using System.Numerics;
using Ingestion.Grains.Storage;
using Ingestion.Grains.Uploads;

namespace Ingestion.Grains.Expiry;

/// <summary>Which ids are checked together, and on which pages: pure.</summary>
internal static class DueRules
{
    /// <summary>Ids on a page: 2 KB, a small write.</summary>
    public const int PageCapacity = 64;

    // An id is checked late by at most this share of its time. Coarser makes fewer buckets and later removals; what a client sees of expiry does
    // not depend on it.
    private const int Slack = 16;

    /// <summary>
    /// The bucket of ids that are due then: it ends not before that, and always in the future, so that a bucket that is being
    /// worked off gets no more.
    /// </summary>
    public static long BucketEnd(DateTimeOffset due, DateTimeOffset now)
    {
        var (from, to) = (now.ToUnixTimeSeconds() + 1, due.ToUnixTimeSeconds() + 1);
        var width = 1L << BitOperations.Log2((ulong)Math.Max((to - from) / Slack, 1));
        return (Math.Max(from, to) + width - 1) / width * width;
    }

    /// <summary>The bucket whose time has come first; null when none has.</summary>
    public static IndexBucket? Due(UploadIndexState state, DateTimeOffset now) =>
        state.Buckets is [var first, ..] && first.End <= now.ToUnixTimeSeconds() ? first : null;

    /// <summary>The bucket that ends then; null when there is none.</summary>
    public static IndexBucket? Find(UploadIndexState state, long end) => state.Buckets.FirstOrDefault(bucket => bucket.End == end);

    /// <summary>One more page for a bucket, its first one if it is new.</summary>
    public static StateChange<UploadIndexState, int> AddPage(UploadIndexState state, long end)
    {
        var bucket = Find(state, end) is { } known ? known with { Last = known.Last + 1 } : new IndexBucket(end, 0, 0);
        var buckets = state.Buckets.Where(other => other.End < end).Append(bucket).Concat(state.Buckets.Where(other => other.End > end));
        return new(state with { Buckets = [.. buckets] }, bucket.Last, Durable: true);
    }

    /// <summary>The first page of a bucket has been worked off; with its last one the bucket goes.</summary>
    public static StateChange<UploadIndexState, bool> RemovePage(UploadIndexState state, IndexBucket worked)
    {
        var buckets = state.Buckets.Select(bucket => bucket.End == worked.End ? bucket with { First = worked.First + 1 } : bucket);
        return new(state with { Buckets = [.. buckets.Where(bucket => bucket.First <= bucket.Last)] }, true, Durable: true);
    }

    /// <summary>Some less on a page.</summary>
    public static StateChange<IndexPage, bool> Remove(IndexPage page, IReadOnlySet<string> ids) => page.UploadIds.Any(ids.Contains)
        ? new(page with { UploadIds = [.. page.UploadIds.Where(id => !ids.Contains(id))] }, true, Durable: true)
        : new(page, false, Durable: false);

    /// <summary>One more on a page.</summary>
    public static StateChange<IndexPage, bool> Add(IndexPage page, string id) =>
        new(page with { UploadIds = [.. page.UploadIds, id] }, true, Durable: true);
}
