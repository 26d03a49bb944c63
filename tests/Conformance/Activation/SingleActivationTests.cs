using Ingestion.Tests.Conformance.Infrastructure;
using Xunit;

namespace Ingestion.Tests.Conformance.Activation;

[Collection(SharedCluster.Name)]
public sealed class SingleActivationTests(SharedCluster cluster)
{
    [Fact]
    public async Task OneActivation_When1000FirstCallsAreConcurrent()
    {
        var key = Keys.New();
        var ids = await Task.WhenAll(Enumerable.Range(0, 1000)
            .Select(_ => Task.Run(() => cluster.Client.GetGrain<IActivationGrain>(key).IdAsync())));

        Assert.Single(ids.Distinct());
        Assert.Equal(1, cluster.Probe.Count(key, "activated"));
    }

    [Fact]
    public async Task OneActivation_WhenFirstCallsComeFromTwoSilos()
    {
        var key = Keys.New();
        var ids = await Task.WhenAll(Enumerable.Range(0, 1000)
            .Select(i => Task.Run(() => cluster.From(i % 2).GetGrain<IActivationGrain>(key).IdAsync())));

        Assert.Single(ids.Distinct());
        Assert.Equal(1, cluster.Probe.Count(key, "activated"));
    }

    [Fact]
    public async Task OnActivateCompletes_BeforeTheFirstCallStarts()
    {
        var key = Keys.New();
        await cluster.Client.GetGrain<IActivationGrain>(key).IdAsync();

        Assert.Equal(["activating", "activated", "call"], cluster.Probe.Of(key));
    }

    [Fact]
    public async Task SameActivation_ThroughTwoInterfacesOfOneClass()
    {
        var key = Keys.New();
        var first = await cluster.Client.GetGrain<IActivationGrain>(key).IdAsync();

        Assert.Equal(first, await cluster.Client.GetGrain<ISecondFaceGrain>(key).OtherIdAsync());
        Assert.Equal(first, await cluster.Client.GetGrain<IActivationGrain>(key).AsReference<ISecondFaceGrain>().OtherIdAsync());
        Assert.Equal(
            cluster.Client.GetGrain<IActivationGrain>(key).GetGrainId(),
            cluster.Client.GetGrain<ISecondFaceGrain>(key).GetGrainId());
    }

    [Fact]
    public async Task OtherActivation_ForEveryKey()
    {
        var ids = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => cluster.Client.GetGrain<IActivationGrain>(Keys.New()).IdAsync()));

        Assert.Equal(50, ids.Distinct().Count());
    }
}
