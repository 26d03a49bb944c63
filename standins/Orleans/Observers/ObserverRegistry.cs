using System.Collections.Concurrent;

namespace Orleans.Runtime;

/// <summary>The observers of one silo or client.</summary>
internal sealed class ObserverRegistry(RuntimeClient client)
{
    private readonly ConcurrentDictionary<GrainId, ObserverTarget> _observers = new();

    /// <summary>The name of the silo or client that an observer's id belongs to.</summary>
    public static string OwnerOf(GrainId id)
    {
        var key = id.Key.ToString();
        return key[..key.LastIndexOf('+')];
    }

    public GrainReference Add(IGrainObserver target, Type interfaceType)
    {
        if (target is GrainReference)
            throw new ArgumentException("Argument obj is already a grain reference.", nameof(target));
        if (target is IGrainBase)
            throw new ArgumentException("Argument must not be a grain class.", nameof(target));

        var id = GrainId.Create(WellKnownGrainTypes.Observer, $"{client.Name}+{Guid.NewGuid():N}");
        _observers[id] = new ObserverTarget(client, id, target);
        return client.References.Create(id, interfaceType);
    }

    public void Remove(IGrainObserver reference)
    {
        if (reference is not GrainReference { GrainId: var id })
            throw new ArgumentException("Argument is not a grain reference.", nameof(reference));

        Remove(id);
    }

    public void Remove(GrainId id) => _observers.TryRemove(id, out _);

    public bool TryGet(GrainId id, out ObserverTarget? observer) => _observers.TryGetValue(id, out observer);
}
