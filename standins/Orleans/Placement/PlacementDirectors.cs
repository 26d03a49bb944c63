namespace Orleans.Runtime.Placement;

internal sealed class RandomPlacementDirector : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var silos = context.GetCompatibleSilos(target);
        return Task.FromResult(IPlacementDirector.GetPlacementHint(target.RequestContextData, silos) ?? silos[Random.Shared.Next(silos.Length)]);
    }
}

internal sealed class PreferLocalPlacementDirector : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var silos = context.GetCompatibleSilos(target);
        var choice = IPlacementDirector.GetPlacementHint(target.RequestContextData, silos)
            ?? (silos.Contains(context.LocalSilo) ? context.LocalSilo : silos[Random.Shared.Next(silos.Length)]);
        return Task.FromResult(choice);
    }
}

internal sealed class HashBasedPlacementDirector : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var silos = context.GetCompatibleSilos(target);
        var choice = IPlacementDirector.GetPlacementHint(target.RequestContextData, silos)
            ?? silos.Order().ElementAt((int)(target.GrainIdentity.GetUniformHashCode() % (uint)silos.Length));
        return Task.FromResult(choice);
    }
}

/// <summary>The silo with the fewest activations; any of them where several have as few. Serves resource-optimized placement too.</summary>
internal sealed class LeastLoadedPlacementDirector(Silo local) : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var silos = context.GetCompatibleSilos(target);
        var choice = IPlacementDirector.GetPlacementHint(target.RequestContextData, silos)
            ?? silos.OrderBy(_ => Random.Shared.Next()).MinBy(silo => local.Client.Cluster.FindSilo(silo)?.Catalog.Count ?? int.MaxValue)!;
        return Task.FromResult(choice);
    }
}
