using Ingestion.Tests.Conformance.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime.Placement;
using Xunit;

namespace Ingestion.Tests.Conformance.Placement;

[Collection(SharedCluster.Name)]
public sealed class PlacementTests(SharedCluster cluster) : IDisposable
{
    private readonly AvoidedSilos _avoided = cluster.Services(0).GetRequiredService<AvoidedSilos>();

    public void Dispose() => _avoided.Set();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task GrainIsPlacedOnTheCallersSilo_WhenPlacementPrefersLocal(int silo)
    {
        foreach (var place in await WhereAsync<ILocalGrain>(cluster.From(silo), 20))
            Assert.Equal(cluster.SiloAddresses[silo], place);
    }

    [Fact]
    public async Task GrainIsPlacedOnTheCallingGrainsSilo_WhenPlacementPrefersLocal()
    {
        for (var i = 0; i < 20; i++)
        {
            var caller = cluster.Client.GetGrain<IDirectedGrain>($"{Keys.New()}{i % 2}");
            Assert.Equal(await caller.WhereAsync(), await caller.WhereIsLocalAsync(Keys.New()));
        }
    }

    [Fact]
    public async Task GrainIsPlacedWhereItWas_WhenPlacementIsByHash()
    {
        var keys = Enumerable.Range(0, 40).Select(_ => Keys.New()).ToArray();
        var first = await Task.WhenAll(keys.Select(k => cluster.From(0).GetGrain<IHashedGrain>(k).WhereAsync()));
        await Task.WhenAll(keys.Select(k => cluster.From(0).GetGrain<IHashedGrain>(k).LeaveAsync()));
        foreach (var key in keys) await cluster.Probe.UntilAsync($"watched {key}", "deactivated");
        var again = await Task.WhenAll(keys.Select(k => cluster.From(1).GetGrain<IHashedGrain>(k).WhereAsync()));

        Assert.Equal(first, again);
        Assert.Equal(2, first.Distinct().Count());
    }

    [Fact]
    public async Task GrainsAreSpread_WhenPlacementIsRandom() =>
        Assert.Equal(2, (await WhereAsync<IRandomGrain>(cluster.From(0), 60)).Distinct().Count());

    [Fact]
    public async Task GrainIsPlacedByTheDirector_WhenItsClassNamesItsOwn()
    {
        var silos = cluster.SiloAddresses.Order().ToArray();
        for (var digit = 0; digit < 10; digit++)
        {
            var grain = cluster.From(digit / 5).GetGrain<IDirectedGrain>($"{Keys.New()}{digit}");
            Assert.Equal(silos[digit % 2], await grain.WhereAsync());
        }
    }

    [Fact]
    public async Task FilteredSilosGetNoGrains()
    {
        Assert.Equal(2, (await WhereAsync<IFilteredGrain>(cluster.Client, 60)).Distinct().Count());

        foreach (var (out1, in1) in new[] { (0, 1), (1, 0) })
        {
            _avoided.Set(cluster.SiloAddresses[out1]);
            Assert.All(await WhereAsync<IFilteredGrain>(cluster.Client, 20), place => Assert.Equal(cluster.SiloAddresses[in1], place));
        }
    }

    [Fact]
    public async Task CallFails_WhenTheFilterLeavesNoSilo()
    {
        _avoided.Set(cluster.SiloAddresses);

        await Assert.ThrowsAnyAsync<OrleansException>(() => cluster.Client.GetGrain<IFilteredGrain>(Keys.New()).WhereAsync());
    }

    [Fact]
    public async Task FilterDoesNotTouchGrainsThatAreActive()
    {
        var grain = cluster.Client.GetGrain<IFilteredGrain>(Keys.New());
        var place = await grain.WhereAsync();

        _avoided.Set(place);
        Assert.Equal(place, await grain.WhereAsync());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task GrainIsPlacedOnTheHintedSilo(int silo)
    {
        for (var i = 0; i < 10; i++)
        {
            RequestContext.Set(IPlacementDirector.PlacementHintKey, cluster.SiloAddresses[silo]);
            Assert.Equal(cluster.SiloAddresses[silo], await cluster.Client.GetGrain<IRandomGrain>(Keys.New()).WhereAsync());
        }

        RequestContext.Clear();
    }

    private static Task<SiloAddress[]> WhereAsync<T>(IGrainFactory factory, int grains) where T : IPlacedGrain =>
        Task.WhenAll(Enumerable.Range(0, grains).Select(_ => factory.GetGrain<T>(Keys.New()).WhereAsync()));
}
