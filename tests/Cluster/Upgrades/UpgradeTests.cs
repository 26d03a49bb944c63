using System.Diagnostics;
using Ingestion.Tests.Cluster.Load;
using Xunit.Abstractions;

namespace Ingestion.Tests.Cluster.Upgrades;

/// <summary>A cluster of a former release becomes one of this release while clients work.</summary>
public sealed class UpgradeTests(ITestOutputHelper output)
{
    [UpgradeFact]
    public async Task NothingIsLostAndNoRequestFails_WhenSilosAreUpgradedInTurnAndOneIsPutBack()
    {
        await using var cluster = await UpgradedCluster.StartAsync(Release.Before);
        await using var load = await HistoryLoad.StartAsync(cluster, output);

        await cluster.MigrateAsync();
        foreach (var (silo, byFormer) in ((int, bool)[])[(0, false), (1, false), (2, false), (2, true)])
        {
            var began = Stopwatch.GetTimestamp();
            await cluster.ReplaceAsync(silo, byFormer);
            await load.GoOnAsync(4);
            output.WriteLine($"silo {silo} by {(byFormer ? "the release before" : "this release")}: {Stopwatch.GetElapsedTime(began).TotalSeconds:F0} s");
        }

        await load.AssertNothingIsLostAsync();
        load.AssertNoRequestFailed();
    }

    [UpgradeFact]
    public async Task NothingIsLost_WhenAClusterOf030IsStoppedAndThisReleaseStarts()
    {
        await using var cluster = await UpgradedCluster.StartAsync(Release.Former);
        await using var load = await HistoryLoad.StartAsync(cluster, output);
        await load.GoOnAsync(8);

        await cluster.MigrateAsync();
        Assert.Contains("silos of a release before 0.4.0 are alive", await cluster.IsRefusedAsync(), StringComparison.Ordinal);
        await load.GoOnAsync(4);
        await cluster.ReplaceAllWithAStopAsync();
        await load.GoOnAsync(8);

        await load.AssertNothingIsLostAsync();
    }
}
