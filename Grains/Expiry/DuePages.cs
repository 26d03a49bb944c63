using Ingestion.Grains.Storage;
using Ingestion.Grains.Uploads;
using Orleans.Storage;

namespace Ingestion.Grains.Expiry;

/// <summary>
/// Ids by the time when they are due, kept in grain storage as pages. Adding one rewrites one small page, and many at once share
/// that write; in memory are the list of buckets and the pages that were added to last, however many ids there are.
/// All calls come from turns of the owning activation, which must be reentrant.
/// </summary>
/// <param name="storage">Where the pages are.</param>
/// <param name="owner">The grain they belong to.</param>
/// <param name="prefix">Of their names. A database distinguishes states by their name and the grain's key, not by its type.</param>
internal sealed partial class DuePages(IGrainStorage storage, GrainId owner, string prefix)
{
    // Ids that begin together are due together; this leaves room for ids that are listed again.
    private const int OpenPages = 4;

    private readonly CoalescedState<UploadIndexState> _buckets = new(storage, owner, prefix + "index");
    private readonly List<OpenPage> _open = [];
    private DateTimeOffset _workedOff;

    /// <summary>Reads which buckets there are.</summary>
    public Task LoadAsync() => _buckets.LoadAsync();

    /// <summary>Lists one; returns once that is durable.</summary>
    public async Task AddAsync(string id, DateTimeOffset due, DateTimeOffset now)
    {
        // Should the clock have been set back: never into a bucket that is being worked off.
        var page = PageFor(DueRules.BucketEnd(due, now > _workedOff ? now : _workedOff));
        page.Users++;
        page.Assigned++;
        try
        {
            var content = await page.Opening;
            await content.ChangeAsync(ids => DueRules.Add(ids, id));
        }
        finally
        {
            page.Users--;
        }
    }

    /// <summary>The next page whose time has come; null when there is none, or it is still being added to.</summary>
    public async Task<DuePage?> NextAsync(DateTimeOffset now)
    {
        await _buckets.LoadAsync();
        if (DueRules.Due(_buckets.Value, now) is not { } bucket || _open.Any(page => page.End == bucket.End && page.Users > 0))
            return null;
        _open.RemoveAll(page => page.End == bucket.End);
        _workedOff = now > _workedOff ? now : _workedOff;
        var content = Page(bucket.End, bucket.First);
        await content.LoadAsync();
        return new DuePage(bucket, content);
    }

    /// <summary>
    /// All ids on the page are checked, and those to be checked again are listed elsewhere. The page goes first: a crash in between leaves a bucket
    /// that names an empty page, not a page without a bucket.
    /// </summary>
    public async Task RemoveAsync(DuePage page)
    {
        await page.Content.ClearAsync();
        await _buckets.ChangeAsync(buckets => DueRules.RemovePage(buckets, page.Bucket));
    }

    private OpenPage PageFor(long end)
    {
        if (_open.Find(page => page.End == end && page.HasRoom) is { } open)
            return open;
        // A page of this bucket that is full may still be written: the next one is not the newest that is stored.
        var another = _open.Any(page => page.End == end && page.Users > 0);
        _open.RemoveAll(page => page.Users == 0 && (page.End == end || _open.Count >= OpenPages));
        var added = new OpenPage(end);
        _open.Add(added);
        added.Opening = OpenAsync(added, another);
        return added;
    }

    private async Task<CoalescedState<IndexPage>> OpenAsync(OpenPage page, bool another)
    {
        await _buckets.LoadAsync();
        if (!another && DueRules.Find(_buckets.Value, page.End) is { } bucket)
        {
            var newest = Page(page.End, bucket.Last);
            await newest.LoadAsync();
            if (newest.Value.UploadIds.Count < DueRules.PageCapacity)
            {
                page.Assigned += newest.Value.UploadIds.Count;
                page.Number = bucket.Last;
                return newest;
            }
        }

        page.Number = await _buckets.ChangeAsync(buckets => DueRules.AddPage(buckets, page.End));
        return Page(page.End, page.Number);
    }

    private CoalescedState<IndexPage> Page(long end, int number) => new(storage, owner, $"{prefix}due-{end}-{number}");

    /// <summary>A page that takes more.</summary>
    private sealed class OpenPage(long end)
    {
        public long End => end;

        public Task<CoalescedState<IndexPage>> Opening { get; set; } = null!;

        /// <summary>Which of the bucket's pages it is, once it is open.</summary>
        public int Number { get; set; } = -1;

        /// <summary>Additions under way.</summary>
        public int Users { get; set; }

        /// <summary>Additions so far. A few more than the capacity may meet on a page while it is being read; that harms nothing.</summary>
        public int Assigned { get; set; }

        public bool HasRoom => Assigned < DueRules.PageCapacity && !Opening.IsFaulted;
    }
}

/// <summary>A page of ids that are all to be checked now.</summary>
internal sealed record DuePage(IndexBucket Bucket, CoalescedState<IndexPage> Content)
{
    public IReadOnlyList<string> Ids { get; } = Content.Value.UploadIds;
}
