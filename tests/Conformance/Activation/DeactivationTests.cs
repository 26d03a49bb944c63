using Ingestion.Tests.Conformance.Infrastructure;
using Xunit;

namespace Ingestion.Tests.Conformance.Activation;

[Collection(SharedCluster.Name)]
public sealed class DeactivationTests(SharedCluster cluster)
{
    [Fact]
    public async Task CallCompletesAndNextGetsNewActivation_WhenDeactivatedInsideTheCall()
    {
        var key = Keys.New();
        var grain = cluster.Client.GetGrain<IActivationGrain>(key);

        var first = await grain.DeactivateAsync();
        var next = await grain.IdAsync();

        Assert.NotEqual(first, next);
        Assert.Equal(
            ["activating", "activated", "call completed", "deactivated ApplicationRequested", "activating", "activated", "call"],
            cluster.Probe.Of(key));
    }

    [Fact]
    public async Task CallIsServedByNextActivation_WhenItArrivesDuringDeactivation()
    {
        var key = Keys.New();
        var grain = cluster.Client.GetGrain<ISlowToLeaveGrain>(key);
        var first = await grain.LeaveAsync();
        await cluster.Probe.UntilAsync(key, "leaving");

        var late = Enumerable.Range(0, 20).Select(_ => grain.IdAsync()).ToArray();
        // One activation for a grain at any time: the next one can't start while this one still leaves.
        Assert.Equal(1, cluster.Probe.Count(key, "activated"));
        cluster.Probe.Open(key);
        var ids = await Task.WhenAll(late);

        Assert.NotEqual(first, Assert.Single(ids.Distinct()));
        Assert.Equal(["activated", "leaving", "left", "activated"], cluster.Probe.Of(key));
    }

    [Fact]
    public async Task NoCallIsLost_WhenEveryCallDeactivatesTheGrain()
    {
        var key = Keys.New();
        for (var i = 0; i < 100; i++)
            await cluster.From(i % 2).GetGrain<IActivationGrain>(key).DeactivateAsync();

        Assert.Equal(100, cluster.Probe.Count(key, "call completed"));
    }

    /// <summary>
    /// A call that has been forwarded twice (SiloMessagingOptions.MaxForwardCount) and meets one more deactivation is rejected. What
    /// holds is that such a call was not executed and that every other was, once.
    /// </summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task CallIsServedOnceOrRejected_WhenCallersRaceWithDeactivation(int silos)
    {
        var key = Keys.New();
        var served = await Task.WhenAll(Enumerable.Range(0, 8).Select(caller => Task.Run(async () =>
        {
            var count = 0;
            var grain = cluster.From(caller % silos).GetGrain<ISettledGrain>(key);
            for (var i = 0; i < 50; i++)
            {
                try
                {
                    await (caller == 0 ? grain.LeaveAsync() : grain.CallAsync());
                    count++;
                }
                catch (OrleansMessageRejectionException)
                {
                }
            }

            return count;
        })));

        Assert.Equal(served.Sum(), cluster.Probe.Count(key, "call") + cluster.Probe.Count(key, "leave"));
        Assert.True(cluster.Probe.Count(key, "activated") > 1);
        Assert.True(served.Sum() > 200, $"{served.Sum()} of 400 calls were served");
    }

    [Fact]
    public async Task CallFailsAndNextTriesAgain_WhenOnActivateFails()
    {
        var grain = cluster.Client.GetGrain<IFailsToStartGrain>(Keys.New());

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => grain.IdAsync());
        Assert.Contains("start 1", failure.Message, StringComparison.Ordinal);
        failure = await Assert.ThrowsAsync<InvalidOperationException>(() => grain.IdAsync());
        Assert.Contains("start 2", failure.Message, StringComparison.Ordinal);
        Assert.NotEqual(Guid.Empty, await grain.IdAsync());
    }

    [Fact]
    public async Task OnDeactivateIsNotCalled_WhenOnActivateFails()
    {
        var key = Keys.New();
        await Assert.ThrowsAsync<InvalidOperationException>(() => cluster.Client.GetGrain<IFailsToStartGrain>(key).IdAsync());
        await Assert.ThrowsAsync<InvalidOperationException>(() => cluster.Client.GetGrain<IFailsToStartGrain>(key).IdAsync());

        Assert.DoesNotContain("left", cluster.Probe.Of(key));
    }

    [Fact]
    public async Task CallStillCompletes_WhenOnDeactivateThrows()
    {
        var key = Keys.New();
        var grain = cluster.Client.GetGrain<IFailsToLeaveGrain>(key);

        var first = await grain.LeaveAsync();
        Assert.NotEqual(first, await grain.IdAsync());
        Assert.Equal(1, cluster.Probe.Count(key, "left"));
    }
}
