using Ingestion.Tests.Conformance.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Ingestion.Tests.Conformance.Services;

[Collection(SharedCluster.Name)]
public sealed class GrainServiceTests(SharedCluster cluster)
{
    [Fact]
    public async Task ServiceOfEverySiloIsReached_FromAGrain()
    {
        foreach (var silo in cluster.SiloAddresses)
            Assert.Equal(silo, await cluster.Client.GetGrain<IAskingGrain>(Keys.New()).AskAsync(silo));
    }

    [Fact]
    public async Task ServiceOfEverySiloIsReached_FromAHost()
    {
        for (var from = 0; from < 2; from++)
        {
            var client = cluster.Services(from).GetRequiredService<IWhereServiceClient>();
            foreach (var silo in cluster.SiloAddresses) Assert.Equal(silo, await client.On(silo).WhereAsync("host"));
        }
    }

    [Fact]
    public async Task OneServiceRunsPerSilo_OneTurnAtATime()
    {
        var client = cluster.Services(0).GetRequiredService<IWhereServiceClient>();
        await Task.WhenAll(Enumerable.Range(0, 200).Select(i => Task.Run(() => client.On(cluster.SiloAddresses[i % 2]).WhereAsync("many"))));

        foreach (var silo in cluster.Cluster.Silos)
        {
            Assert.Equal(1, cluster.Probe.Count(silo.Name, "grain service inits"));
            Assert.Equal(1, cluster.Probe.Count(silo.Name, "grain service starts"));
            Assert.Equal(100, cluster.Probe.Count(silo.Name, "asked many"));
            Assert.Equal(0, cluster.Probe.Count(silo.Name, "grain service turns overlap"));
        }
    }

    [Fact]
    public async Task ServiceCallsGrains()
    {
        var client = cluster.Services(0).GetRequiredService<IWhereServiceClient>();

        Assert.Contains(await client.On(cluster.SiloAddresses[1]).AskGrainAsync(Keys.New()), cluster.SiloAddresses);
    }

    [Fact]
    public async Task CallFails_WhenTheSiloIsUnknown()
    {
        var client = cluster.Services(0).GetRequiredService<IWhereServiceClient>();
        var address = cluster.SiloAddresses[1];
        var unknown = SiloAddress.New(new System.Net.IPEndPoint(address.Endpoint.Address, 1), 1);

        await Assert.ThrowsAnyAsync<OrleansException>(() => client.On(unknown).WhereAsync("nobody"));
    }
}
