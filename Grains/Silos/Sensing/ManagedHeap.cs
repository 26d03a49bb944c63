namespace Ingestion.Grains.Silos.Sensing;

/// <summary>Figures of the collector. They change when it has collected, and asking for them allocates: so they are asked for only then.</summary>
internal sealed class ManagedHeap
{
    private int _collections = -1;
    private TimeSpan _pauses;
    private long _committed;
    private long _live;
    private long _fragmented;
    private long _pinned;

    public HeapReading Read()
    {
        // A collection in the background is counted when it begins; when it ends, its last pause has come.
        var (collections, pauses) = (GC.CollectionCount(0), GC.GetTotalPauseDuration());
        if (collections != _collections || pauses != _pauses)
        {
            (_collections, _pauses) = (collections, pauses);
            Refresh();
        }

        return new HeapReading(
            GC.GetTotalMemory(forceFullCollection: false), _committed, _live, _fragmented, _pinned, GC.GetTotalAllocatedBytes(), pauses);
    }

    private void Refresh()
    {
        var last = GC.GetGCMemoryInfo(GCKind.Any);
        (_committed, _fragmented, _pinned) = (last.TotalCommittedBytes, last.FragmentedBytes, last.PinnedObjectsCount);
        _live = Math.Max(0, last.HeapSizeBytes - last.FragmentedBytes);
    }
}
