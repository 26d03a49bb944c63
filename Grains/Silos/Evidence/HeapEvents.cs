using System.Globalization;
using System.Runtime.InteropServices;
using Ingestion.Silos.Evidence;
using Microsoft.Diagnostics.Tracing;
using Microsoft.Diagnostics.Tracing.Parsers.Clr;

namespace Ingestion.Grains.Silos.Evidence;

/// <summary>Adds up the events of one survey, on the thread that reads them.</summary>
internal sealed class HeapEvents
{
    private readonly Dictionary<ulong, string> _names = [];
    private readonly Dictionary<ulong, (long Objects, long Bytes)> _types = [];
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _objects;

    public HeapEvents(EventPipeEventSource events)
    {
        events.Clr.TypeBulkType += Name;
        events.Clr.GCBulkNode += Add;
        events.Clr.GCStop += End;
    }

    /// <summary>All objects were seen.</summary>
    public Task Ended => _ended.Task;

    /// <summary>How many were seen, for any thread.</summary>
    public long Objects => Volatile.Read(ref _objects);

    public IReadOnlyCollection<HeapType> Types()
    {
        // Several ids may have one name: types of different assembly load contexts.
        var byName = new Dictionary<string, HeapType>(StringComparer.Ordinal);
        foreach (var (id, (objects, bytes)) in _types)
        {
            var name = _names.TryGetValue(id, out var known) && known.Length > 0 ? known : string.Create(CultureInfo.InvariantCulture, $"(unnamed {id:x})");
            var before = byName.GetValueOrDefault(name);
            byName[name] = new HeapType(name, before.Objects + objects, before.Bytes + bytes);
        }

        return byName.Values;
    }

    private void Name(GCBulkTypeTraceData named)
    {
        for (var i = 0; i < named.Count; i++)
        {
            var type = named.Values(i);
            _names[type.TypeID] = type.TypeName;
        }
    }

    private void Add(GCBulkNodeTraceData nodes)
    {
        for (var i = 0; i < nodes.Count; i++)
        {
            var node = nodes.Values(i);
            ref var type = ref CollectionsMarshal.GetValueRefOrAddDefault(_types, node.TypeID, out _);
            type = (type.Objects + 1, type.Bytes + (long)node.Size);
        }

        Volatile.Write(ref _objects, _objects + nodes.Count);
    }

    // Another collection may end before the one of the survey.
    private void End(GCEndTraceData _)
    {
        if (_types.Count > 0)
            _ended.TrySetResult();
    }
}
