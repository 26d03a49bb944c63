using Ingestion.Tests.Conformance.Activation;
using Ingestion.Tests.Conformance.Infrastructure;
using Xunit;

namespace Ingestion.Tests.Conformance.Management;

/// <summary>Has a cluster to itself: a forced collection takes every idle activation there is.</summary>
public sealed class ForcedCollectionTests(PlainCluster cluster) : IClassFixture<PlainCluster>
{
    private IManagementGrain Management => cluster.Client.GetGrain<IManagementGrain>(0);

    [Fact]
    public async Task IdleActivationsAreCollected_OnTheSilosNamed()
    {
        var keys = Enumerable.Range(0, 40).Select(_ => Keys.New()).ToArray();
        var places = await Task.WhenAll(keys.Select(k => cluster.Client.GetGrain<IActivationGrain>(k).WhereAsync()));
        var target = cluster.SiloAddresses[0];
        Assert.Contains(target, places);

        await Management.ForceActivationCollection([target], TimeSpan.Zero);
        foreach (var (key, place) in keys.Zip(places))
        {
            if (place.Equals(target)) await cluster.Probe.UntilAsync(key, "deactivated ActivationIdle");
            else Assert.DoesNotContain("deactivated ActivationIdle", cluster.Probe.Of(key));
        }
    }

    [Fact]
    public async Task YoungActivationsStay_WhenTheAgeLimitIsLong()
    {
        var key = Keys.New();
        await cluster.Client.GetGrain<IActivationGrain>(key).IdAsync();

        await Management.ForceActivationCollection(cluster.SiloAddresses, TimeSpan.FromMinutes(5));
        await Management.ForceActivationCollection(cluster.SiloAddresses, TimeSpan.FromMinutes(5));
        Assert.DoesNotContain("deactivated ActivationIdle", cluster.Probe.Of(key));
    }

    [Fact]
    public async Task DelayedAndKeptActivationsStay()
    {
        var (delayed, kept) = (Keys.New(), Keys.New());
        await cluster.Client.GetGrain<IStayingGrain>(delayed).StayAsync(TimeSpan.FromHours(1));
        await cluster.Client.GetGrain<IKeptGrain>(kept).CallAsync();

        await Management.ForceActivationCollection(cluster.SiloAddresses, TimeSpan.Zero);
        Assert.Empty(cluster.Probe.Of(delayed));
        Assert.Empty(cluster.Probe.Of(kept));
    }
}

public sealed class PlainCluster() : ProbedCluster(2), IAsyncLifetime
{
    public Task InitializeAsync() => DeployAsync();

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();
}
