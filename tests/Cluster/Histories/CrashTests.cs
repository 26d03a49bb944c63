using Ingestion.Tests.Cluster.Infrastructure;
using Ingestion.Tests.Cluster.Load;
using Xunit.Abstractions;

namespace Ingestion.Tests.Cluster.Histories;

/// <summary>Silos that end as in a power cut.</summary>
[Collection(ClusterOfThree.Name)]
public sealed class CrashTests(ClusterOfThree cluster, ITestOutputHelper output)
{
    [HistoryFact]
    public async Task NothingIsLostOrThereTwice_WhenASiloIsKilledAndComesBack()
    {
        await using var load = await HistoryLoad.StartAsync(cluster, output);

        await cluster[0].KillAsync();
        await cluster.AreActiveAsync(1, 2);
        await load.GoOnAsync(4);
        await cluster[0].StartAgainAsync();
        await cluster.AreActiveAsync();
        await load.GoOnAsync(4);

        await load.AssertNothingIsLostAsync();
    }

    /// <summary>As after a power cut of all machines: those that come back know the dead only from the database.</summary>
    [HistoryFact]
    public async Task NothingIsLostOrThereTwice_WhenAllSilosAreKilledAtOnceAndComeBackAtOtherAddresses()
    {
        await using var load = await HistoryLoad.StartAsync(cluster, output);

        await Task.WhenAll(cluster.All.Select(silo => silo.KillAsync()));
        await Task.WhenAll(cluster.All.Select(silo => silo.StartAgainAsync()));
        await cluster.AreActiveAsync();
        await load.GoOnAsync(4);

        await load.AssertNothingIsLostAsync();
    }
}
