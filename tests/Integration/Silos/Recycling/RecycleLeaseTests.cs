using Ingestion.Grains.Silos.Deciding;
using Ingestion.Grains.Silos.Recycling;
using Ingestion.Silos;
using Ingestion.Silos.Recycling;
using Microsoft.Extensions.DependencyInjection;

namespace Ingestion.Tests.Integration.Silos.Recycling;

/// <summary>Silos of one cluster that are all to restart themselves.</summary>
public sealed class RecycleLeaseTests
{
    // Longer than a silo that waits needs to try again.
    private static readonly TimeSpan _retry = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task OneSiloGoes_AndTheNextWhenItIsBack_WhenAllAreToGo()
    {
        await using var cluster = await ServiceCluster.StartAsync();
        foreach (var silo in cluster.Silos)
            Assert.Equal(RecycleStep.Waiting, await Agents(cluster).RecycleAsync(silo));
        await Eventually.TrueAsync(() => Gone(cluster).Length > 0, "one goes");
        await Task.Delay(_retry);
        var first = Assert.Single(Gone(cluster));
        foreach (var silo in cluster.Silos)
        {
            var sample = await cluster.Services(cluster.Silos[0]).GetRequiredService<IMemoryGovernorClient>().GetSampleAsync(silo);
            Assert.Equal(silo.Equals(first) ? RecycleStep.UnderWay : RecycleStep.Waiting, sample.Recycle);
        }

        // Its successor, as another life of the same silo.
        var seat = cluster.Services(first).GetRequiredService<SiloSeat>().Name;
        var successor = SiloAddress.New(first.Endpoint, first.Generation + 1);
        Assert.Equal("operator", await Lease(cluster).ReturnAsync(seat, successor));
        Assert.Null(await Lease(cluster).ReturnAsync(seat, successor));
        await Eventually.TrueAsync(() => Gone(cluster).Length == 2, "the next one goes");
    }

    [Fact]
    public async Task OneSiloGoes_AndTheOthersServeOn_WhenMemoryIsShortInAll()
    {
        await using var cluster = await ServiceCluster.StartAsync();
        // Each has seen that it takes requests; then it is no silo any more that would be short of memory again at once.
        await Task.Delay(TimeSpan.FromSeconds(3));
        cluster.Time.Pass(RecycleRules.LeastUptimeForMemory);
        foreach (var silo in cluster.Silos)
            cluster.Services(silo).GetRequiredService<ScriptedSense>().Set(1.2);
        await Eventually.TrueAsync(() => Gone(cluster).Length > 0, "one goes");
        await Task.Delay(_retry);
        var first = Assert.Single(Gone(cluster));
        foreach (var silo in cluster.Silos)
        {
            var sample = await cluster.Services(first).GetRequiredService<IMemoryGovernorClient>().GetSampleAsync(silo);
            Assert.Equal((MemoryLevel.Emergency, silo.Equals(first) ? RecycleStep.UnderWay : RecycleStep.Waiting), (sample.Level, sample.Recycle));
        }

        // Those that have memory again do not go when it is their turn.
        foreach (var silo in cluster.Silos.Where(silo => !silo.Equals(first)))
            cluster.Services(silo).GetRequiredService<ScriptedSense>().Set(0.2);
        await Eventually.TrueAsync(
            async () => (await Task.WhenAll(cluster.Silos.Select(silo =>
                cluster.Services(first).GetRequiredService<IMemoryGovernorClient>().GetSampleAsync(silo)))).Count(sample => sample.Recycle is RecycleStep.None) == 2,
            "the others wait no more");
        var seat = cluster.Services(first).GetRequiredService<SiloSeat>().Name;
        Assert.Equal("memory", await Lease(cluster).ReturnAsync(seat, SiloAddress.New(first.Endpoint, first.Generation + 1)));
        await Task.Delay(_retry);
        Assert.Single(Gone(cluster));
    }

    [Fact]
    public async Task SiloThatDiesUnderTheLease_IsWaitedForInBoundedTime_ByTheOthers()
    {
        await using var cluster = await ServiceCluster.StartAsync();
        var (dies, waits) = (cluster.Silos[1], cluster.Silos[0]);
        Assert.Equal(dies, (await Lease(cluster).TakeAsync(Claim(cluster, dies))).Silo);
        var claim = Claim(cluster, waits);
        Assert.Equal(dies, (await Lease(cluster).TakeAsync(claim)).Silo);

        await cluster.KillAsync(dies);

        await Eventually.TrueAsync(
            async () => (await Lease(cluster).TakeAsync(claim)).Until <= cluster.Time.GetUtcNow() + TimeSpan.FromMinutes(2), "it is seen to have gone");
        Assert.Equal(dies, (await Lease(cluster).TakeAsync(claim)).Silo);
        cluster.Time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(waits, (await Lease(cluster).TakeAsync(claim)).Silo);
    }

    [Fact]
    public async Task LeaseIsKept_WhenItsGrainIsActivatedAnew()
    {
        await using var cluster = await ServiceCluster.StartAsync();
        var holder = await Lease(cluster).TakeAsync(Claim(cluster, cluster.Silos[0]));
        await cluster.CollectAsync();
        Assert.Equal(holder, await Lease(cluster).TakeAsync(Claim(cluster, cluster.Silos[1])));
    }

    private static SiloAddress[] Gone(ServiceCluster cluster) =>
        [.. cluster.Silos.Where(silo => cluster.Services(silo).GetRequiredService<ScriptedEnd>().HasBegun)];

    private static ISiloAgentClient Agents(ServiceCluster cluster) => cluster.Services(cluster.Silos[0]).GetRequiredService<ISiloAgentClient>();

    private static IRecycleLeaseGrain Lease(ServiceCluster cluster) => cluster.From(0).GetGrain<IRecycleLeaseGrain>(RecycleLease.Key);

    private static RecycleClaim Claim(ServiceCluster cluster, SiloAddress silo) => new(
        cluster.Services(silo).GetRequiredService<SiloSeat>().Name, silo, RecycleReason.Operator.Name(), TimeSpan.FromMinutes(10));
}
