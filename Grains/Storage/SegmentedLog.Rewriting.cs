namespace Ingestion.Grains.Storage;

internal sealed partial class SegmentedLog<T>
{
    /// <summary>
    /// Puts what <paramref name="change"/> makes of each stored item in its place; the same item leaves it as it is. One pass over the segments for all that
    /// wait, and a write of each that changes. May be repeated: a failure in the middle leaves some segments changed and no item lost.
    /// </summary>
    public async Task RewriteAsync(Func<T, T> change)
    {
        await LoadAsync();
        if (Loaded.Head.RecordExists)
            await WriteAsync(new PendingWrite([]) { Rewrite = change });
    }

    /// <summary>By the writer. Segments that a crash has made unreachable hold items too.</summary>
    private async Task RewriteAllAsync(Func<T, T>[] changes)
    {
        var (first, last) = (Loaded.Head.State.First, Loaded.Head.State.Last);
        for (var segment = Math.Max(0, first - Unreachable); segment <= last + 1; segment++)
        {
            var old = segment == last ? Loaded.Tail : await ReadSegmentAsync(segment);
            List<T?> items = [.. old.State.Items.Select(item => item is null ? null : changes.Aggregate(item, (next, change) => change(next)))];
            if (items.SequenceEqual(old.State.Items, ReferenceEqualityComparer.Instance))
                continue;
            var next = old.Next(new LogSegment<T> { Items = items });
            await storage.WriteStateAsync(SegmentName(segment), owner, next);
            if (segment == last)
                _tail = next;
        }
    }
}
