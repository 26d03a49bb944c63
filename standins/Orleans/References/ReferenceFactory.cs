using System.Collections.Concurrent;

namespace Orleans.Runtime;

/// <summary>Makes references on behalf of one silo or client.</summary>
internal sealed class ReferenceFactory(RuntimeClient client)
{
    // Non-generic lookups are off the path of GetGrain, which keeps its own cache per interface.
    private readonly ConcurrentDictionary<(GrainType, Type), GrainReferenceShared> _shared = new();

    public GrainReference Create(GrainId id, Type interfaceType)
    {
        var shared = Shared(id.Type, interfaceType);
        return shared.Interface.NewReference(shared, id.Key);
    }

    public GrainReferenceShared Shared(GrainType grainType, Type interfaceType) =>
        _shared.TryGetValue((grainType, interfaceType), out var known)
            ? known
            : _shared.GetOrAdd((grainType, interfaceType), new GrainReferenceShared(grainType, GrainInterface.Of(interfaceType), client));

    /// <summary>The reference a grain has of itself: through the interface that is its own, not the runtime's.</summary>
    public GrainReference CreateFor(GrainId id)
    {
        var primary = client.Cluster.GrainTypes.TryGet(id.Type, out var grainClass) ? grainClass.PrimaryInterface : typeof(IAddressable);
        return Create(id, primary);
    }
}
