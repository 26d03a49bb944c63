using Ingestion.Tests.Conformance.Infrastructure;
using Ingestion.Tests.Conformance.Observers;
using Xunit;

namespace Ingestion.Tests.Conformance.Cluster;

public sealed class StopAndKillTests
{
    [Fact]
    public async Task GrainsComeBackElsewhereWithTheirState_WhenTheirSiloStops()
    {
        await using var cluster = await ElasticCluster.StartAsync();
        var places = await cluster.SpreadAsync(20);
        var stopped = cluster.SiloAddresses[1];
        var survivor = cluster.SiloAddresses[0];

        await cluster.Cluster.StopSiloAsync(cluster.Silo(stopped));
        foreach (var (key, place) in places)
        {
            var grain = cluster.Client.GetGrain<IMobileGrain>(key);
            Assert.Equal($"state of {key}", await grain.ReadAsync());
            Assert.Equal(survivor, await grain.WhereAsync());
            Assert.Equal(
                place.Equals(stopped) ? ["activated", "deactivated ShuttingDown", "activated"] : ["activated"],
                cluster.Probe.Of(key));
        }
    }

    [Fact]
    public async Task RunningCallCompletes_WhenItsSiloStops()
    {
        await using var cluster = await ElasticCluster.StartAsync();
        var places = await cluster.SpreadAsync(10);
        var (key, place) = places.First(p => p.Value.Equals(cluster.SiloAddresses[1]));
        var call = cluster.Client.GetGrain<IMobileGrain>(key).HoldAsync();
        await cluster.Probe.UntilAsync(key, "held");

        var stop = cluster.Cluster.StopSiloAsync(cluster.Silo(place));
        await cluster.Probe.UntilAsync(cluster.Silo(place).Name, "late stop");
        cluster.Probe.Open(key);
        await call;
        await stop;
    }

    [Fact]
    public async Task GrainsComeBackElsewhereWithTheirState_WhenTheirSiloIsKilled()
    {
        await using var cluster = await ElasticCluster.StartAsync();
        var places = await cluster.SpreadAsync(20);
        var killed = cluster.SiloAddresses[1];
        var survivor = cluster.SiloAddresses[0];

        await cluster.Cluster.KillSiloAsync(cluster.Silo(killed));
        foreach (var (key, place) in places)
        {
            var grain = cluster.Client.GetGrain<IMobileGrain>(key);
            await Eventually.TrueAsync(() => AnswersAsync(grain), "the grain answers again");
            Assert.Equal($"state of {key}", await grain.ReadAsync());
            Assert.Equal(survivor, await grain.WhereAsync());
            // No orderly end: OnDeactivate does not run, or has no time left.
            Assert.DoesNotContain("deactivated ShuttingDown", cluster.Probe.Of(key));
            if (place.Equals(killed)) Assert.Equal(2, cluster.Probe.Count(key, "activated"));
        }
    }

    [Fact]
    public async Task WaitingCallerGetsAnException_WhenTheSiloIsKilled()
    {
        await using var cluster = await ElasticCluster.StartAsync();
        var places = await cluster.SpreadAsync(10);
        var (key, place) = places.First(p => p.Value.Equals(cluster.SiloAddresses[1]));
        var call = cluster.From(0).GetGrain<IMobileGrain>(key).HoldAsync();
        await cluster.Probe.UntilAsync(key, "held");

        await cluster.Cluster.KillSiloAsync(cluster.Silo(place));
        await Assert.ThrowsAsync<SiloUnavailableException>(() => call);
    }

    [Fact]
    public async Task ObserverIsReportedAsGone_WhenItsSiloStopped()
    {
        await using var cluster = await ElasticCluster.StartAsync();
        var grain = await OnFirstSiloAsync(cluster);
        var observer = new NewsObserver(cluster.Probe, "dead");
        await grain.SubscribeAsync(cluster.From(1).CreateObjectReference<INewsObserver>(observer));
        Assert.Equal(["ok"], await grain.TellAsync(new News("good", 1)));

        await cluster.Cluster.StopSiloAsync(cluster.Cluster.Silos[1]);
        Assert.Equal([nameof(SiloUnavailableException)], await grain.TellAsync(new News("good", 2)));
        Assert.Equal(["good 1"], cluster.Probe.Of("dead"));
        GC.KeepAlive(observer);
    }

    private static async Task<IObservedGrain> OnFirstSiloAsync(ElasticCluster cluster)
    {
        var management = cluster.Client.GetGrain<IManagementGrain>(0);
        while (true)
        {
            var grain = cluster.From(0).GetGrain<IObservedGrain>(Keys.New());
            await grain.TellAsync(new News("nobody", 0));
            if (cluster.SiloAddresses[0].Equals(await management.GetActivationAddress(grain))) return grain;
        }
    }

    private static async Task<bool> AnswersAsync(IMobileGrain grain)
    {
        try
        {
            await grain.WhereAsync();
            return true;
        }
        catch (Exception e) when (e is OrleansException or TimeoutException)
        {
            return false;
        }
    }
}
