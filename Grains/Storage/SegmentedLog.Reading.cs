namespace Ingestion.Grains.Storage;

internal sealed partial class SegmentedLog<T>
{
    /// <summary>At most <paramref name="limit"/> items before <paramref name="before"/>, newest first.</summary>
    public async Task<List<LogItem<T>>> ReadBackwardsAsync(long before, int limit)
    {
        var found = new List<LogItem<T>>(limit);
        if (limit > 0)
        {
            await ScanBackwardsAsync(before, item =>
            {
                found.Add(item);
                return found.Count < limit;
            });
        }

        return found;
    }

    /// <summary>
    /// Gives the items before <paramref name="before"/> to <paramref name="wantsMore"/>, newest first, until it answers false. However long the log is, one
    /// segment of it is in memory at a time, and what the caller keeps.
    /// </summary>
    public Task ScanBackwardsAsync(long before, Func<LogItem<T>, bool> wantsMore) => ScanAsync(before, First, wantsMore);

    /// <summary>As <see cref="ScanBackwardsAsync"/> from the newest one on, with what is in storage only because of <see cref="KeepFrom"/>.</summary>
    public Task ScanHeldBackwardsAsync(Func<LogItem<T>, bool> wantsMore) => ScanAsync(long.MaxValue, FirstStored(Loaded.Head.State), wantsMore);

    /// <summary>Items after <paramref name="after"/>, oldest first: all of them, or the first <paramref name="limit"/>.</summary>
    public Task<List<LogItem<T>>> ReadForwardsAsync(long after, int limit = int.MaxValue) => ReadAsync(after, First, limit);

    /// <summary>As <see cref="ReadForwardsAsync"/>, with what is in storage only because of <see cref="KeepFrom"/>.</summary>
    public Task<List<LogItem<T>>> ReadHeldAsync(long after, int limit) => ReadAsync(after, FirstStored(Loaded.Head.State), limit);

    private async Task ScanAsync(long before, long first, Func<LogItem<T>, bool> wantsMore)
    {
        var (head, tail) = Loaded;
        for (var segment = SegmentOf(Math.Min(before - 1, End)); segment >= first; segment--)
        {
            var content = segment == head.State.Last ? tail : await ReadSegmentAsync(segment);
            foreach (var item in Items(segment, content.State).Reverse())
            {
                if (item.Offset < before && !wantsMore(item))
                    return;
            }
        }
    }

    private async Task<List<LogItem<T>>> ReadAsync(long after, long first, int limit)
    {
        var found = new List<LogItem<T>>();
        // The end is fixed first: what is appended while segments are read is pushed to the reader, not read by it.
        var (head, tail) = Loaded;
        for (var segment = Math.Max(SegmentOf(Math.Min(after, End) + 1), first); segment <= head.State.Last && found.Count < limit; segment++)
        {
            var content = segment == head.State.Last ? tail : await ReadSegmentAsync(segment);
            // It went while others were read, and all before it: as if they had gone before, so that the answer has no gap inside.
            if (segment < head.State.Last && !content.RecordExists)
                found.Clear();
            found.AddRange(Items(segment, content.State).Where(item => item.Offset > after).Take(limit - found.Count));
        }

        return found;
    }
}
