using System.Collections.Concurrent;

namespace Orleans.Runtime;

/// <summary>The activations of one silo.</summary>
internal sealed class ActivationCatalog(Silo silo)
{
    private readonly ConcurrentDictionary<Activation, byte> _activations = new();
    private readonly ConcurrentDictionary<GrainId, StatelessWorkerGroup> _workers = new();
    private int _count;

    public WorkingSet WorkingSet { get; } = new(silo);

    public int Count => Volatile.Read(ref _count);

    public IEnumerable<Activation> All => _activations.Select(entry => entry.Key);

    /// <summary>The target of a call that was placed here. Null when the silo has stopped meanwhile.</summary>
    public ICallTarget? GetOrCreate(GrainCall call, GrainClass grainClass)
    {
        if (!silo.AcceptsActivations)
            return null;

        if (grainClass.Placement is StatelessWorkerPlacement { MaxLocal: var limit })
            return _workers.GetOrAdd(call.TargetId, id => new StatelessWorkerGroup(silo, grainClass, id, limit));

        var created = new Activation(silo, grainClass, call.TargetId);
        var registered = silo.Client.Cluster.Directory.Register(created);
        if (ReferenceEquals(registered, created))
            Start(created, call.RequestContext);
        return registered;
    }

    public void Start(Activation activation, Dictionary<string, object>? requestContext)
    {
        _activations.TryAdd(activation, 0);
        Interlocked.Increment(ref _count);
        Meters.OnActivated();
        activation.Activate(requestContext);
    }

    public void Remove(Activation activation)
    {
        // A migrating grain stays in the directory until its next activation takes the place.
        if (!activation.IsMigrating)
            silo.Client.Cluster.Directory.Unregister(activation);
        if (_activations.TryRemove(activation, out _))
        {
            Interlocked.Decrement(ref _count);
            Meters.OnDeactivated();
        }

        if (_workers.TryGetValue(activation.GrainId, out var group))
            group.Remove(activation);
    }

    /// <summary>Makes the next activation of a migrating grain where placement wants it, and hands it the luggage.</summary>
    public void Move(Activation old, IRehydrationContext luggage, Dictionary<string, object>? hints)
    {
        var cluster = silo.Client.Cluster;
        var target = cluster.Placement.PlaceMigrating(old, hints) ?? silo;
        var next = new Activation(target, old.Class, old.GrainId);
        next.Rehydrate(luggage);
        if (target.AcceptsActivations && cluster.Directory.Replace(old, next))
            target.Catalog.Start(next, hints);
        else
            cluster.Directory.Unregister(old);
    }

    /// <summary>Ends every activation in an orderly way.</summary>
    public async Task DeactivateAll(DeactivationReason reason, CancellationToken cancellationToken)
    {
        var ending = All.ToList();
        foreach (var activation in ending)
            activation.Deactivate(reason);

        await Task.WhenAll(ending.Select(activation => activation.Deactivated)).WaitAsync(cancellationToken);
    }

    /// <summary>Forgets every activation, as the death of a process would.</summary>
    public void AbandonAll()
    {
        foreach (var activation in All)
        {
            silo.Client.Cluster.Directory.Unregister(activation);
            activation.Abandon();
            if (_activations.TryRemove(activation, out _))
            {
                Interlocked.Decrement(ref _count);
                Meters.OnDeactivated();
            }
        }
    }
}
