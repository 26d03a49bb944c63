using Ingestion.Tests.Support.Servers;

namespace Ingestion.Tests.EndToEnd.Silo.Stops;

/// <summary>A silo of a cluster stops under load, and no client has to know about it.</summary>
[NeedsPrograms(PostgresServer.Postgres, PostgresServer.InitDb, NpmServer.Node, NpmServer.Npm, ProxyProcess.Haproxy)]
public sealed class DrainTests
{
    [ContractFact]
    public async Task NoRequestFailsAndEverySocketComesBack_WhenOneOfTwoIsStoppedBehindABalancer()
    {
        await using var cluster = await ClusterOfTwo.StartAsync(("Roles", "api"));
        await using var balancer = await ProxyProcess.StartBalancerAsync(cluster.Silos.Select(silo => silo.Address));
        using var direct = cluster.One.As("alice");
        using var api = new ApiClient(balancer.Address, direct.Token);
        await using var load = new ClusterLoad(api);
        await load.StartAsync();
        await load.GoOnAsync(20);

        await cluster.One.TerminateAsync();
        Assert.True(await cluster.One.ExitAsync() == 0, cluster.One.Log);
        await load.GoOnAsync(20);
        await load.EndAsync();

        Assert.True(load.Failures.IsEmpty, $"{string.Join('\n', load.Failures)}\n{cluster.One.Log}\n{cluster.Other.Log}");
        Assert.NotEmpty(load.Closes);
        Assert.All(load.Closes, code => Assert.Equal(4200, code));
        Assert.All(load.Seen, seen => Assert.Equal(seen.Distinct(), seen));
        using var other = new ApiClient(cluster.Other.Address, direct.Token);
        await load.AssertWholeAsync(other);
    }
}
