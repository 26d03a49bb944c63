using Ingestion.Grains.Silos.Gossip;
using Ingestion.Silos;
using Ingestion.Videos;
using Microsoft.Extensions.DependencyInjection;

namespace Ingestion.Tests.Integration.Silos;

/// <summary>Silos know of each other's memory: new grains go where there is room, and Orleans' own statistics are those of the governors.</summary>
public sealed class AcrossSilosTests(ServiceCluster cluster) : IClassFixture<ServiceCluster>
{
    private const int Grains = 60;

    [Fact]
    public async Task NewGrains_AvoidASiloThatIsShortOfMemory_AndComeBackToIt_WhenItIsGreen()
    {
        var silo = cluster.Silos[1];
        await SetAsync(silo, 0.9, MemoryLevel.High);
        foreach (var from in cluster.Silos)
        {
            var places = await PlaceAsync(from);
            Assert.Equal(0, places.GetValueOrDefault(silo));
            Assert.Equal(Grains, places.Values.Sum());
        }

        // It leaves each level after a dwell: it is enough that it is no more than elevated.
        await SetAsync(silo, 0.2, MemoryLevel.Elevated);
        Assert.NotEqual(0, (await PlaceAsync(silo)).GetValueOrDefault(silo));
    }

    [Fact]
    public async Task NewGrains_AreSpreadOverAll_WhenAllAreShortOfMemory()
    {
        foreach (var silo in cluster.Silos)
            await SetAsync(silo, 0.9, MemoryLevel.High);
        var places = new Dictionary<SiloAddress, int>();
        foreach (var from in cluster.Silos)
        {
            foreach (var (silo, count) in await PlaceAsync(from))
                places[silo] = places.GetValueOrDefault(silo) + count;
        }

        Assert.Equal(3, places.Count);
        Assert.Equal(3 * Grains, places.Values.Sum());
        foreach (var silo in cluster.Silos)
            await SetAsync(silo, 0.2, MemoryLevel.Elevated);
    }

    [Fact]
    public async Task StatisticsOfOrleans_ShowResidentMemoryAndBudget()
    {
        const long Mebibyte = ScriptedSense.Mebibyte;
        var silo = cluster.Silos[2];
        Sense(silo).Set(0.5);
        SiloRuntimeStatistics seen = null!;
        await Eventually.TrueAsync(
            async () => (seen = Assert.Single(await Management.GetRuntimeStatistics([silo]))).EnvironmentStatistics.RawMemoryUsageBytes == 256 * Mebibyte,
            "they follow the governor");
        var statistics = seen.EnvironmentStatistics;
        Assert.Equal(256 * Mebibyte, statistics.FilteredMemoryUsageBytes);
        Assert.Equal(256 * Mebibyte, statistics.RawAvailableMemoryBytes);
        Assert.Equal(256 * Mebibyte, statistics.FilteredAvailableMemoryBytes);
        Assert.Equal(ScriptedSense.Budget, statistics.MaximumAvailableMemoryBytes);
        Assert.Equal(50, statistics.MemoryUsagePercentage);
        Assert.InRange(statistics.RawCpuUsagePercentage, 0, 100);
    }

    private IManagementGrain Management => cluster.Cluster.Client.GetGrain<IManagementGrain>(0);

    private ScriptedSense Sense(SiloAddress silo) => cluster.Services(silo).GetRequiredService<ScriptedSense>();

    /// <summary>Returns when all silos know it.</summary>
    private async Task SetAsync(SiloAddress silo, double share, MemoryLevel most)
    {
        Sense(silo).Set(share);
        bool Fits(MemoryLevel? level) => level is { } known && (share > 0.8 ? known == most : known <= most);
        await Eventually.TrueAsync(
            () => cluster.Silos.All(other => Fits(other.Equals(silo)
                ? cluster.Services(silo).GetRequiredService<IMemoryPressure>().Level
                : cluster.Services(other).GetRequiredService<ReportedSilos>().Find(silo)?.Level)),
            $"all silos know that {silo} is {most}");
    }

    /// <summary>How many of the grains that are first called in that silo are activated where.</summary>
    private async Task<Dictionary<SiloAddress, int>> PlaceAsync(SiloAddress from)
    {
        var grains = Enumerable.Range(0, Grains).Select(_ => cluster.From(from).GetGrain<ILibraryGrain>(ServiceCluster.NewUser())).ToArray();
        await Task.WhenAll(grains.Select(grain => grain.ListAsync(cursor: null, limit: 1)));
        var places = await Task.WhenAll(grains.Select(grain => cluster.WhereAsync(grain)));
        return places.CountBy(place => place).ToDictionary();
    }
}
