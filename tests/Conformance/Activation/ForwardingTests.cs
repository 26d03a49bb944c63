using Ingestion.Tests.Conformance.Infrastructure;
using Orleans.Configuration;
using Xunit;

namespace Ingestion.Tests.Conformance.Activation;

public sealed class ForwardingTests
{
    [Fact]
    public async Task CallIsRejected_WhenItMayNotBeForwarded()
    {
        await using var cluster = new StubbornCluster();
        await cluster.DeployAsync();
        var key = Keys.New();
        var grain = cluster.From(0).GetGrain<ISlowToLeaveGrain>(key);
        await grain.LeaveAsync();
        await cluster.Probe.UntilAsync(key, "leaving");

        var late = grain.IdAsync();
        cluster.Probe.Open(key);
        await Assert.ThrowsAnyAsync<OrleansMessageRejectionException>(() => late);
    }

    private sealed class StubbornCluster() : ProbedCluster(1)
    {
        protected override void Configure(ISiloBuilder silo) => silo.Configure<SiloMessagingOptions>(o => o.MaxForwardCount = 0);
    }
}
