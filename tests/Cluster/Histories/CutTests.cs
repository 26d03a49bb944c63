using Ingestion.Tests.Cluster.Infrastructure;
using Ingestion.Tests.Cluster.Load;
using Xunit.Abstractions;

namespace Ingestion.Tests.Cluster.Histories;

/// <summary>Two silos that don't hear each other, while both reach all others and the database.</summary>
[Collection(ClusterOfThree.Name)]
public sealed class CutTests(ClusterOfThree cluster, ITestOutputHelper output)
{
    private static readonly TimeSpan _cut = TimeSpan.FromSeconds(20);

    [NetworkHistoryFact]
    public async Task NothingIsLostOrThereTwice_WhenTwoSilosAreCutApartFor20Seconds_OneWayAndThenBothWays()
    {
        await using var load = await HistoryLoad.StartAsync(cluster, output);

        await cluster.Network!.CutAsync(0, 1);
        await EndCutAsync(load);
        await cluster.Network.CutAsync(1, 2);
        await cluster.Network.CutAsync(2, 1);
        await EndCutAsync(load);

        await load.AssertNothingIsLostAsync();
    }

    private async Task EndCutAsync(HistoryLoad load)
    {
        await Task.Delay(_cut);
        await cluster.Network!.HealAsync();
        await load.GoOnAsync(4);
        // A silo that the others declared dead ends itself, as its operator's supervisor starts it again.
        await cluster.RepairAsync();
        await load.GoOnAsync(4);
    }
}
