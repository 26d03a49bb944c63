using Ingestion.Tests.Conformance.Activation;
using Ingestion.Tests.Conformance.Infrastructure;
using Ingestion.Tests.Conformance.Services;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Ingestion.Tests.Conformance.Cluster;

public sealed class MembershipTests
{
    [Fact]
    public async Task EverySiloSeesTheNewOneAndItGetsGrains_WhenASiloJoins()
    {
        await using var cluster = await ElasticCluster.StartAsync();
        var joined = (await cluster.Cluster.StartAdditionalSiloAsync()).SiloAddress;
        await cluster.Cluster.WaitForLivenessToStabilizeAsync();

        Assert.Equal(3, cluster.SiloAddresses.Length);
        foreach (var silo in cluster.SiloAddresses)
            await UntilSeenAsync(cluster.Services(silo), joined, SiloStatus.Active);
        await Eventually.TrueAsync(
            async () => (await cluster.Client.GetGrain<IActivationGrain>(Keys.New()).WhereAsync()).Equals(joined), "the new silo gets a grain");
        Assert.Equal(joined, await cluster.Services(0).GetRequiredService<IWhereServiceClient>().On(joined).WhereAsync("newcomer"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task TheOtherSiloSeesItDead_WhenASiloStopsOrIsKilled(bool kill)
    {
        await using var cluster = await ElasticCluster.StartAsync();
        var gone = cluster.Cluster.Silos[1];
        var updates = cluster.Services(0).GetRequiredService<IClusterMembershipService>().MembershipUpdates;
        using var deadline = new CancellationTokenSource(Probe.Deadline);
        var announced = Task.Run(async () =>
        {
            await foreach (var snapshot in updates.WithCancellation(deadline.Token))
                if (snapshot.GetSiloStatus(gone.SiloAddress) == SiloStatus.Dead) return;
        });

        if (kill) await cluster.Cluster.KillSiloAsync(gone);
        else await cluster.Cluster.StopSiloAsync(gone);

        await announced;
        var services = cluster.Services(0);
        await UntilSeenAsync(services, gone.SiloAddress, SiloStatus.Dead);
        var oracle = services.GetRequiredService<ISiloStatusOracle>();
        Assert.True(oracle.IsDeadSilo(gone.SiloAddress));
        Assert.Equal([cluster.SiloAddresses[0]], oracle.GetActiveSilos());
        Assert.Equal(SiloStatus.Active, oracle.CurrentStatus);
        var hosts = await cluster.Client.GetGrain<IManagementGrain>(0).GetHosts(onlyActive: true);
        Assert.Equal([cluster.SiloAddresses[0]], hosts.Keys);
    }

    [Fact]
    public async Task SiloHasANewAddressAndWorks_WhenItIsRestarted()
    {
        await using var cluster = await ElasticCluster.StartAsync();
        var before = cluster.Cluster.Silos[1];
        var after = (await cluster.Cluster.RestartSiloAsync(before))!;

        Assert.NotEqual(before.SiloAddress, after.SiloAddress);
        await UntilSeenAsync(cluster.Services(0), after.SiloAddress, SiloStatus.Active);
        await Eventually.TrueAsync(
            async () => (await cluster.Client.GetGrain<IActivationGrain>(Keys.New()).WhereAsync()).Equals(after.SiloAddress), "the silo gets a grain");
    }

    [Fact]
    public async Task ParticipantsAndGrainServicesAreStoppedInReverseOrder_WhenASiloStops()
    {
        await using var cluster = await ElasticCluster.StartAsync();
        var gone = cluster.Cluster.Silos[1];
        await cluster.Cluster.StopSiloAsync(gone);

        string[] expected = ["late stop", "grain service stops", "early stop"];
        Assert.Equal(expected, cluster.Probe.Of(gone.Name).Where(e => expected.Contains(e)));
        Assert.DoesNotContain("late stop", cluster.Probe.Of(cluster.Cluster.Silos[0].Name));
    }

    private static async Task UntilSeenAsync(IServiceProvider services, SiloAddress silo, SiloStatus status)
    {
        var membership = services.GetRequiredService<IClusterMembershipService>();
        var oracle = services.GetRequiredService<ISiloStatusOracle>();
        await Eventually.TrueAsync(() => membership.CurrentSnapshot.GetSiloStatus(silo) == status, $"the snapshot shows {silo} {status}");
        await Eventually.TrueAsync(() => oracle.GetApproximateSiloStatus(silo) == status, $"the oracle shows {silo} {status}");
        Assert.Equal(status, membership.CurrentSnapshot.Members[silo].Status);
    }
}
