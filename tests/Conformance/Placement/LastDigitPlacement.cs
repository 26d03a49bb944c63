using Orleans.Placement;
using Orleans.Runtime.Placement;

namespace Ingestion.Tests.Conformance.Placement;

/// <summary>A director of our own: the last digit of the key chooses among the silos in order of address.</summary>
public sealed class LastDigitPlacement : PlacementStrategy;

[AttributeUsage(AttributeTargets.Class)]
public sealed class LastDigitPlacementAttribute() : PlacementAttribute(new LastDigitPlacement());

public sealed class LastDigitDirector : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var silos = context.GetCompatibleSilos(target).Order().ToArray();
        return Task.FromResult(silos[(target.GrainIdentity.Key.ToString()![^1] - '0') % silos.Length]);
    }
}
