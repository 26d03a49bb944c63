using System.Collections.Concurrent;
using Orleans.Placement;
using Orleans.Runtime.Placement;

namespace Ingestion.Tests.Conformance.Placement;

/// <summary>Silos that the filter takes out of the choice.</summary>
public sealed class AvoidedSilos
{
    private readonly ConcurrentDictionary<SiloAddress, bool> _silos = new();

    public bool Contains(SiloAddress silo) => _silos.ContainsKey(silo);

    public void Set(params SiloAddress[] silos)
    {
        _silos.Clear();
        foreach (var silo in silos) _silos[silo] = true;
    }
}

public sealed class AvoidingStrategy : PlacementFilterStrategy
{
    public AvoidingStrategy() : base(1)
    {
    }
}

[AttributeUsage(AttributeTargets.Class)]
public sealed class AvoidingAttribute() : PlacementFilterAttribute(new AvoidingStrategy());

public sealed class AvoidingDirector(AvoidedSilos avoided) : IPlacementFilterDirector
{
    public IEnumerable<SiloAddress> Filter(PlacementFilterStrategy filterStrategy, PlacementTarget target, IEnumerable<SiloAddress> silos) =>
        silos.Where(s => !avoided.Contains(s));
}
