using Ingestion.Tests.Conformance.Infrastructure;
using Xunit;

namespace Ingestion.Tests.Conformance.Scheduling;

[Collection(SharedCluster.Name)]
public sealed class TurnTests(SharedCluster cluster)
{
    [Fact]
    public async Task TurnsExcludeEachOtherOnTheActivationsScheduler_WhenCallsAndTimersInterleave()
    {
        var key = Keys.New();
        var grain = cluster.Client.GetGrain<ITurnGrain>(key);
        await grain.StartTimerAsync();

        await Task.WhenAll(Enumerable.Range(0, 100).Select(i => cluster.From(i % 2).GetGrain<ITurnGrain>(key).WorkAsync()));
        await cluster.Probe.UntilAsync(key, "20 ticks");

        var (pieces, overlaps, strays) = await grain.ResultAsync();
        Assert.Equal(0, overlaps);
        Assert.Equal(0, strays);
        // 14 pieces a call, 2 a tick, one on activation.
        Assert.True(pieces >= 1 + 100 * 14 + 20 * 2 - 1, $"{pieces} pieces: increments were lost");
    }
}
