using Orleans.Placement;

namespace Ingestion.Tests.Conformance.Placement;

public interface IPlacedGrain : IGrainWithStringKey
{
    Task<SiloAddress> WhereAsync();

    /// <summary>Calls another grain from inside this one.</summary>
    Task<SiloAddress> WhereIsLocalAsync(string key);

    Task LeaveAsync();
}

public interface ILocalGrain : IPlacedGrain;

public interface IHashedGrain : IPlacedGrain;

public interface IRandomGrain : IPlacedGrain;

public interface IDirectedGrain : IPlacedGrain;

public interface IFilteredGrain : IPlacedGrain;

internal abstract class PlacedGrain(ILocalSiloDetails silo) : Grain, IPlacedGrain
{
    public Task<SiloAddress> WhereAsync() => Task.FromResult(silo.SiloAddress);

    public Task<SiloAddress> WhereIsLocalAsync(string key) => GrainFactory.GetGrain<ILocalGrain>(key).WhereAsync();

    public Task LeaveAsync()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }
}

[PreferLocalPlacement]
internal sealed class LocalGrain(ILocalSiloDetails silo) : PlacedGrain(silo), ILocalGrain;

[HashBasedPlacement]
internal sealed class HashedGrain(ILocalSiloDetails silo) : PlacedGrain(silo), IHashedGrain;

[RandomPlacement]
internal sealed class RandomGrain(ILocalSiloDetails silo) : PlacedGrain(silo), IRandomGrain;

[LastDigitPlacement]
internal sealed class DirectedGrain(ILocalSiloDetails silo) : PlacedGrain(silo), IDirectedGrain;

[Avoiding, RandomPlacement]
internal sealed class FilteredGrain(ILocalSiloDetails silo) : PlacedGrain(silo), IFilteredGrain;
