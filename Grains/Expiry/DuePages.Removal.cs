using Ingestion.Grains.Storage;
using Ingestion.Grains.Uploads;

namespace Ingestion.Grains.Expiry;

/// <summary>What is done with ids before their time: seldom, and over all pages.</summary>
internal sealed partial class DuePages
{
    /// <summary>All ids, as they are stored.</summary>
    public async Task<IReadOnlyList<string>> ListAsync()
    {
        await _buckets.LoadAsync();
        var ids = new List<string>();
        foreach (var bucket in _buckets.Value.Buckets)
        {
            for (var number = bucket.First; number <= bucket.Last; number++)
            {
                var page = Page(bucket.End, number);
                await page.LoadAsync();
                ids.AddRange(page.Value.UploadIds);
            }
        }

        return ids;
    }

    /// <summary>Takes ids off all pages; the pages stay.</summary>
    public async Task RemoveAsync(IReadOnlySet<string> ids)
    {
        await _buckets.LoadAsync();
        foreach (var bucket in _buckets.Value.Buckets)
        {
            for (var number = bucket.First; number <= bucket.Last; number++)
                await RemoveAsync(bucket, number, ids);
        }
    }

    /// <summary>
    /// Through the page that is open for additions, if it is: two writers of one page would refuse each other. The newest one is held open
    /// meanwhile, so that an addition that comes now finds it.
    /// </summary>
    private async Task RemoveAsync(IndexBucket bucket, int number, IReadOnlySet<string> ids)
    {
        foreach (var opening in _open.Where(page => page.End == bucket.End).Select(page => page.Opening).ToArray())
            await ((Task)opening).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        var open = _open.Find(page => page.End == bucket.End && page.Number == number && page.Opening.IsCompletedSuccessfully);
        if (open is null && number == bucket.Last)
        {
            open = new OpenPage(bucket.End) { Number = number, Assigned = DueRules.PageCapacity };
            open.Opening = LoadPageAsync(bucket.End, number);
            _open.Add(open);
        }

        if (open is not null)
            open.Users++;
        try
        {
            var content = await (open?.Opening ?? LoadPageAsync(bucket.End, number));
            await content.ChangeAsync(page => DueRules.Remove(page, ids));
        }
        finally
        {
            if (open is not null)
                open.Users--;
        }
    }

    private async Task<CoalescedState<IndexPage>> LoadPageAsync(long end, int number)
    {
        var page = Page(end, number);
        await page.LoadAsync();
        return page;
    }
}
