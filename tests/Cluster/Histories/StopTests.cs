using Ingestion.Tests.Cluster.Infrastructure;
using Ingestion.Tests.Cluster.Load;
using Xunit.Abstractions;

namespace Ingestion.Tests.Cluster.Histories;

/// <summary>Silos that are stopped by SIGTERM.</summary>
[Collection(ClusterOfThree.Name)]
public sealed class StopTests(ClusterOfThree cluster, ITestOutputHelper output)
{
    [HistoryFact]
    public async Task NothingIsLostOrThereTwiceAndNoRequestFails_WhenASiloStopsForAWhileAndThenEachIsRestartedInTurn()
    {
        await using var load = await HistoryLoad.StartAsync(cluster, output);

        await StopAsync(cluster[1]);
        await cluster.AreActiveAsync(0, 2);
        await load.GoOnAsync(4);
        await cluster[1].StartAgainAsync();
        await cluster.AreActiveAsync();
        foreach (var silo in cluster.All)
        {
            await StopAsync(silo);
            await silo.StartAgainAsync();
            await cluster.AreActiveAsync();
        }

        await load.GoOnAsync(4);

        await load.AssertNothingIsLostAsync();
        load.AssertNoRequestFailed();
    }

    private static async Task StopAsync(SiloProcess silo)
    {
        await silo.TerminateAsync();
        Assert.True(await silo.ExitAsync() == 0, silo.Log);
    }
}
