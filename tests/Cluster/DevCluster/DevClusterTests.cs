using Ingestion.Tests.Cluster.Infrastructure;

namespace Ingestion.Tests.Cluster.DevCluster;

/// <summary>What docs/operate/run-a-cluster.md has a developer try.</summary>
public sealed class DevClusterTests
{
    [HistoryFact]
    public async Task ClusterIsBrokenAndMendedAndWhole()
    {
        await using var cluster = await DevCluster.StartAsync(2);
        using var api = cluster.As("alice");
        var first = await api.UploadToReadyAsync(Samples.Mp4);

        await IsDoneAsync(cluster, "kill", "1");
        Assert.Contains("ended", await IsDoneAsync(cluster, "status"), StringComparison.Ordinal);
        await Eventually.TrueAsync(async () => (await api.GetAsync($"/api/videos/{first}")).Status == 200, "the other silo answers");
        await IsDoneAsync(cluster, "restart", "1");
        await IsDoneAsync(cluster, "freeze", "2", "1");
        await IsDoneAsync(cluster, "roll");
        await api.UploadToReadyAsync(Samples.Mp4);

        Assert.DoesNotContain("ended", await IsDoneAsync(cluster, "status"), StringComparison.Ordinal);
        await IsDoneAsync(cluster, "check");
        Assert.Equal(2, (await cluster.RunAsync("kill", "3")).ExitCode);
        Assert.Empty(await cluster.EndAsync());
    }

    [HistoryFact]
    public async Task ClusterIsReached_BehindTheBalancerForMachinesWithoutHaproxy()
    {
        await using var cluster = await DevCluster.StartAsync(2, "--balancer", "node");
        using var api = cluster.As("alice");
        await api.UploadToReadyAsync(Samples.Mp4);
        await using var socket = await StatusClient.SubscribedAsync(api, "0:0");

        await IsDoneAsync(cluster, "stop", "2");
        var second = await api.UploadToReadyAsync(Samples.Mp4);

        Assert.Contains(second, await api.ListAsync());
        Assert.Empty(await cluster.EndAsync());
    }

    private static async Task<string> IsDoneAsync(DevCluster cluster, params string[] command)
    {
        var run = await cluster.RunAsync(command);
        Assert.True(run.ExitCode == 0, $"{string.Join(' ', command)} ended with {run.ExitCode}:\n{run.Output}\n{run.Error}\n{cluster.Said}");
        return run.Output;
    }
}
