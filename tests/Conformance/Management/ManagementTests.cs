using Ingestion.Tests.Conformance.Infrastructure;
using Xunit;

namespace Ingestion.Tests.Conformance.Management;

[Collection(SharedCluster.Name)]
public sealed class ManagementTests(SharedCluster cluster)
{
    private IManagementGrain Management => cluster.Client.GetGrain<IManagementGrain>(0);

    [Fact]
    public async Task HostsAreListedWithTheirStatus()
    {
        var hosts = await Management.GetHosts(onlyActive: true);

        Assert.Equal(cluster.SiloAddresses.Order(), hosts.Keys.Order());
        Assert.All(hosts.Values, status => Assert.Equal(SiloStatus.Active, status));
    }

    [Fact]
    public async Task ActivationsAreCounted()
    {
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => cluster.Client.GetGrain<ICountedGrain>(Keys.New()).CallAsync()));

        var statistics = Counted(await Management.GetSimpleGrainStatistics(cluster.SiloAddresses));
        Assert.True(statistics.Sum(s => s.ActivationCount) >= 20, $"{statistics.Sum(s => s.ActivationCount)} activations");
        Assert.Equal(statistics.Length, statistics.Select(s => s.SiloAddress).Distinct().Count());
        Assert.True(await Management.GetTotalActivationCount() >= 20);
    }

    [Fact]
    public async Task ActivationHasAnAddress_WhileItIsActive()
    {
        var key = Keys.New();
        var grain = cluster.Client.GetGrain<ICountedGrain>(key);
        Assert.Null(await Management.GetActivationAddress(grain));

        var place = await grain.CallAsync();
        // After its deactivation nothing is promised: the directory's cache may still name the old place.
        Assert.Equal(place, await Management.GetActivationAddress(grain));
    }

    [Fact]
    public async Task DetailedStatisticsNameEveryActivation()
    {
        var grain = cluster.Client.GetGrain<ICountedGrain>(Keys.New());
        var place = await grain.CallAsync();

        var details = await Management.GetDetailedGrainStatistics(hostsIds: cluster.SiloAddresses);
        var mine = Assert.Single(details, d => d.GrainId == grain.GetGrainId());
        Assert.Equal(place, mine.SiloAddress);
    }

    [Fact]
    public async Task RuntimeStatisticsCountActivations()
    {
        await cluster.Client.GetGrain<ICountedGrain>(Keys.New()).CallAsync();
        var statistics = await Management.GetRuntimeStatistics(cluster.SiloAddresses);

        Assert.Equal(2, statistics.Length);
        Assert.True(statistics.Sum(s => s.ActivationCount) > 0);
    }

    private static SimpleGrainStatistic[] Counted(SimpleGrainStatistic[] statistics) =>
        [.. statistics.Where(s => s.GrainType.Contains(nameof(CountedGrain), StringComparison.Ordinal))];
}

public interface ICountedGrain : IGrainWithStringKey
{
    Task<SiloAddress> CallAsync();
}

[Orleans.Placement.RandomPlacement]
internal sealed class CountedGrain(ILocalSiloDetails silo) : Grain, ICountedGrain
{
    public Task<SiloAddress> CallAsync() => Task.FromResult(silo.SiloAddress);
}
