using Ingestion.Tests.Conformance.Infrastructure;
using Xunit;

namespace Ingestion.Tests.Conformance.Calls;

[Collection(SharedCluster.Name)]
public sealed class RequestContextTests(SharedCluster cluster)
{
    [Fact]
    public async Task ContextFlowsThroughCalls_FromGrainToGrain()
    {
        RequestContext.Set("conformance", "from the client");

        Assert.Equal("from the client", await Grain().GetAsync(0));
        Assert.Equal("from the client", await Grain().GetAsync(3));
    }

    [Fact]
    public async Task ContextDoesNotFlowBack_WhenTheCalleeChangesIt()
    {
        RequestContext.Set("conformance", "from the client");
        await Grain().SetAsync("from the callee");

        Assert.Equal("from the client", RequestContext.Get("conformance"));
    }

    [Fact]
    public async Task ContextIsGone_AfterRemoveAndClear()
    {
        RequestContext.Set("conformance", "set");
        Assert.True(RequestContext.Remove("conformance"));
        Assert.False(RequestContext.Remove("conformance"));
        Assert.Null(await Grain().GetAsync(0));

        RequestContext.Set("conformance", "set");
        RequestContext.Clear();
        Assert.Null(await Grain().GetAsync(1));
    }

    [Fact]
    public async Task ContextIsTheCallersOwn_WhenCallsInterleave()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => Task.Run(async () =>
        {
            RequestContext.Set("conformance", $"caller {i}");
            return await cluster.From(i % 2).GetGrain<IContextGrain>("shared").GetAsync(1);
        })));

        Assert.Equal(Enumerable.Range(0, 50).Select(i => $"caller {i}"), answers);
    }

    [Fact]
    public async Task ContextOfOneCallIsNotSeenByTheNext()
    {
        var grain = Grain();
        await grain.SetAsync("left behind");

        Assert.Null(await grain.GetAsync(0));
    }

    private IContextGrain Grain() => cluster.Client.GetGrain<IContextGrain>(Keys.New());
}

public interface IContextGrain : IGrainWithStringKey
{
    /// <summary>What arrived in the context, after that many more grains.</summary>
    Task<string?> GetAsync(int hops);

    Task SetAsync(string value);
}

[Orleans.Concurrency.Reentrant]
internal sealed class ContextGrain : Grain, IContextGrain
{
    public async Task<string?> GetAsync(int hops)
    {
        await Task.Yield();
        return hops == 0
            ? (string?)RequestContext.Get("conformance")
            : await GrainFactory.GetGrain<IContextGrain>(Keys.New()).GetAsync(hops - 1);
    }

    public Task SetAsync(string value)
    {
        RequestContext.Set("conformance", value);
        return Task.CompletedTask;
    }
}
