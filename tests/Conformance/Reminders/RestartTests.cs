using Ingestion.Tests.Conformance.Cluster;
using Ingestion.Tests.Conformance.Infrastructure;
using Xunit;

namespace Ingestion.Tests.Conformance.Reminders;

public sealed class RestartTests
{
    private static readonly TimeSpan Fast = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// The in-memory table lives on the silo that used it first and is lost with that one, even by an orderly stop: that silo stays
    /// here. A durable table has no such place.
    /// </summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task RemindersGoOnFiring_WhenTheirSiloIsStoppedOrKilled(bool kill)
    {
        await using var cluster = await ElasticCluster.StartAsync(silos: 1);
        await cluster.Client.GetGrain<IReminderGrain>("makes the table").RegisterAsync("r", TimeSpan.FromHours(1), TimeSpan.FromHours(1));
        var leaving = await cluster.Cluster.StartAdditionalSiloAsync();
        await cluster.Cluster.WaitForLivenessToStabilizeAsync();
        var keys = Enumerable.Range(0, 12).Select(_ => Keys.New()).ToArray();
        foreach (var key in keys)
        {
            await cluster.Client.GetGrain<IReminderGrain>(key).RegisterAsync("r", TimeSpan.Zero, Fast);
            await cluster.Probe.UntilAsync(key, "r every 200 ms");
        }

        var places = await Task.WhenAll(keys.Select(k => cluster.Client.GetGrain<IReminderGrain>(k).WhereAsync()));
        Assert.Contains(leaving.SiloAddress, places);

        if (kill) await cluster.Cluster.KillSiloAsync(leaving);
        else await cluster.Cluster.StopSiloAsync(leaving);
        foreach (var key in keys)
            await cluster.Probe.UntilAsync(key, "r every 200 ms", cluster.Probe.Count(key, "r every 200 ms") + 2);
        Assert.Equal("r", await cluster.Client.GetGrain<IReminderGrain>(keys[0]).GetAsync("r"));

        await cluster.Cluster.StartAdditionalSiloAsync();
        foreach (var key in keys)
            await cluster.Probe.UntilAsync(key, "r every 200 ms", cluster.Probe.Count(key, "r every 200 ms") + 2);
    }
}
