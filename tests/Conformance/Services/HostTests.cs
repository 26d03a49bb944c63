using Ingestion.Tests.Conformance.Activation;
using Ingestion.Tests.Conformance.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Ingestion.Tests.Conformance.Services;

[Collection(SharedCluster.Name)]
public sealed class HostTests(SharedCluster cluster)
{
    [Fact]
    public void StartupTaskAndParticipantRunInTheOrderOfTheirStages_WhenASiloStarts()
    {
        foreach (var silo in cluster.Cluster.Silos)
        {
            var journal = cluster.Probe.Of(silo.Name);
            Assert.Single(journal, "startup task got an answer");
            Assert.Single(journal, "late start");
            // The startup task and the grain services start in the same stage, in no order.
            Assert.Equal("early start", journal[0]);
            Assert.Equal("late start", journal[4]);
            Assert.Equal(["grain service inits", "grain service starts", "startup task got an answer"], journal[1..4].Order(StringComparer.Ordinal));
            Assert.DoesNotContain("late stop", journal);
        }
    }

    [Fact]
    public async Task ClusterClientOfTheHostReachesGrains()
    {
        var key = Keys.New();
        var id = await cluster.Client.GetGrain<IActivationGrain>(key).IdAsync();

        Assert.Equal(id, await cluster.Services(1).GetRequiredService<IClusterClient>().GetGrain<IActivationGrain>(key).IdAsync());
    }

    [Fact]
    public void HostKnowsItsSilo()
    {
        for (var i = 0; i < 2; i++)
        {
            var details = cluster.Services(i).GetRequiredService<ILocalSiloDetails>();
            Assert.Equal(cluster.SiloAddresses[i], details.SiloAddress);
            Assert.Equal(cluster.Cluster.Silos[i].Name, details.Name);
            Assert.Equal(cluster.Cluster.Options.ClusterId, details.ClusterId);
        }
    }

    [Fact]
    public async Task WorkingSetObserverSeesActivationsComeAndGo()
    {
        var key = Keys.New();
        var grain = cluster.Client.GetGrain<IActivationGrain>(key);
        await grain.IdAsync();
        Assert.Equal(["added"], cluster.Probe.Of($"watched {key}"));

        await grain.DeactivateAsync();
        var journal = await cluster.Probe.UntilAsync($"watched {key}", "deactivated");
        Assert.Equal(["added", "deactivating", "deactivated"], journal);
    }
}
