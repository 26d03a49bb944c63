using Microsoft.Extensions.DependencyInjection;
using Orleans.Placement;
using Orleans.Runtime.Placement;

namespace Orleans.Runtime;

/// <summary>Asks the director of a class's strategy where a new activation goes. Decided by the calling silo, or by any one for outside clients.</summary>
internal sealed class PlacementService(Cluster cluster)
{
    private int _gateway;

    public Task<Silo> Place(GrainCall call, GrainClass grainClass)
    {
        var target = new PlacementTarget(call.TargetId, call.RequestContext ?? []);
        return Place(call.Client.Silo, target, grainClass);
    }

    /// <summary>The silo a migrating grain goes to: the hinted one or, where placement allows it, another one.</summary>
    public Silo? PlaceMigrating(Activation activation, Dictionary<string, object>? hints)
    {
        var target = new PlacementTarget(activation.GrainId, hints ?? []);
        var silos = new Context(activation.Silo, activation.Class).GetCompatibleSilos(target);
        var choice = IPlacementDirector.GetPlacementHint(hints ?? [], silos)
            ?? silos.Where(silo => !silo.Equals(activation.Silo.SiloAddress)).OrderBy(_ => Random.Shared.Next()).FirstOrDefault();
        return choice is null ? null : cluster.FindSilo(choice);
    }

    private async Task<Silo> Place(Silo? caller, PlacementTarget target, GrainClass grainClass)
    {
        var local = caller is { AcceptsActivations: true } ? caller : AnyActive();
        // A worker without directory entry can only be found where it is looked for.
        if (grainClass.Placement is StatelessWorkerPlacement)
            return local;

        var strategy = grainClass.Placement ?? local.Services.GetRequiredService<PlacementStrategy>();
        var director = local.Services.GetRequiredKeyedService<IPlacementDirector>(strategy.GetType());
        var address = await director.OnAddActivation(strategy, target, new Context(local, grainClass)).ConfigureAwait(false);
        return cluster.FindSilo(address) ?? throw new SiloUnavailableException($"{target.GrainIdentity} was placed on {address}, which is not a silo of this cluster.");
    }

    private Silo AnyActive()
    {
        var active = cluster.Membership.Active;
        for (var i = 0; i < active.Length; i++)
        {
            var next = (uint)Interlocked.Increment(ref _gateway) % (uint)active.Length;
            if (cluster.FindSilo(active[next]) is { AcceptsActivations: true } silo)
                return silo;
        }

        throw new SiloUnavailableException("No silo of this cluster is active.");
    }

    private sealed class Context(Silo local, GrainClass grainClass) : IPlacementContext
    {
        public SiloAddress LocalSilo => local.SiloAddress;

        public SiloAddress[] GetCompatibleSilos(PlacementTarget target)
        {
            IEnumerable<SiloAddress> silos = local.Client.Cluster.Membership.Active;
            foreach (var filter in grainClass.Filters)
                silos = local.Services.GetRequiredKeyedService<IPlacementFilterDirector>(filter.GetType()).Filter(filter, target, silos);

            SiloAddress[] compatible = [.. silos];
            return compatible.Length > 0
                ? compatible
                : throw new OrleansException($"No active silo is compatible with grain type {grainClass.GrainType}.");
        }
    }
}
