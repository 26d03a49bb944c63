using Ingestion.Tests.Conformance.Infrastructure;
using Xunit;

namespace Ingestion.Tests.Conformance.Calls;

[Collection(SharedCluster.Name)]
public sealed class FilterTests(SharedCluster cluster)
{
    private readonly string _key = Keys.New();

    private IFilteredCallGrain Grain => cluster.Client.GetGrain<IFilteredCallGrain>(_key);

    [Fact]
    public async Task FiltersSeeMethodArgumentsAndResult_InTheOrderOfRegistration()
    {
        Assert.Equal("said hello", await Grain.SayAsync("hello"));

        Assert.Equal(
            ["client sends SayAsync(hello)", "in 1 SayAsync(hello)", "in 2", "grain's filter", "grain", "out 1 said hello", "client gets said hello"],
            cluster.Probe.Of(_key));
    }

    [Fact]
    public async Task CallerGetsTheFiltersResult_WhenItReplacesIt()
    {
        Assert.Equal("said replace, replaced", await Grain.SayAsync("replace"));

        Assert.Contains("out 1 said replace, replaced", cluster.Probe.Of(_key));
    }

    [Fact]
    public async Task GrainIsNotCalled_WhenTheFilterAnswersItself()
    {
        Assert.Equal("answered by the filter", await Grain.SayAsync("short cut"));

        Assert.DoesNotContain("grain", cluster.Probe.Of(_key));
    }

    [Fact]
    public async Task CallerGetsTheFiltersException_WhenItRefuses()
    {
        var refused = await Assert.ThrowsAsync<RefusedException>(() => Grain.SayAsync("refuse"));

        Assert.Equal(403, refused.Code);
        Assert.DoesNotContain("grain", cluster.Probe.Of(_key));
    }

    [Fact]
    public async Task FilterSeesTheException_WhenTheGrainThrows()
    {
        await Assert.ThrowsAsync<InvalidOperationException>(() => Grain.FailAsync("went wrong"));

        Assert.Contains("caught 1 went wrong", cluster.Probe.Of(_key));
    }

    [Fact]
    public async Task SilosOutgoingFilterSeesTheCall_WhenAGrainCalls()
    {
        var other = Keys.New();
        await Grain.ForwardAsync(other);

        var journal = cluster.Probe.Of(other);
        Assert.Equal("silo sends SayAsync(forwarded)", journal[0]);
        Assert.Equal("silo gets said forwarded", journal[^1]);
    }
}
