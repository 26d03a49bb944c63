using Ingestion.Tests.Cluster.Infrastructure;
using Ingestion.Tests.Cluster.Load;
using Xunit.Abstractions;

namespace Ingestion.Tests.Cluster.Histories;

/// <summary>Two silos that don't hear each other, while both reach all others and the database.</summary>
[Collection(ClusterOfThree.Name)]
public sealed class CutTests(ClusterOfThree cluster, ITestOutputHelper output)
{
    private static readonly TimeSpan _cut = TimeSpan.FromSeconds(20);

    [NetworkHistoryTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task NothingIsLostOrThereTwice_WhenTwoSilosAreCutApartFor20Seconds(bool oneWay)
    {
        await using var load = await HistoryLoad.StartAsync(cluster, output);

        await cluster.Network!.CutAsync(0, 1);
        if (!oneWay)
            await cluster.Network.CutAsync(1, 0);
        await Task.Delay(_cut);
        await cluster.Network.HealAsync();
        await load.GoOnAsync(4);
        // A silo that the others declared dead ends itself, as its operator's supervisor starts it again.
        await cluster.RepairAsync();
        await load.GoOnAsync(4);

        await load.AssertNothingIsLostAsync();
    }
}
