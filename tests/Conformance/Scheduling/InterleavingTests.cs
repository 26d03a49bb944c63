using Ingestion.Tests.Conformance.Infrastructure;
using Xunit;

namespace Ingestion.Tests.Conformance.Scheduling;

[Collection(SharedCluster.Name)]
public sealed class InterleavingTests(SharedCluster cluster)
{
    public enum Call
    {
        Write,
        Read,
        Interleave,
    }

    [Theory]
    [InlineData(Call.Write, Call.Write)]
    [InlineData(Call.Write, Call.Read)]
    [InlineData(Call.Read, Call.Write)]
    public async Task SecondCallWaits_UntilTheFirstCompletes(Call first, Call second)
    {
        var key = Keys.New();
        var grain = cluster.Client.GetGrain<IInterleavingGrain>(key);
        var one = Start(grain, first, "first");
        await cluster.Probe.UntilAsync(key, "first starts");

        var two = Start(grain, second, "second");
        // Nothing tells that a call waits. These interleave and are sent after it: when they are back, it has been there.
        for (var i = 0; i < 3; i++) await grain.PingAsync();
        Assert.Equal(["first starts"], cluster.Probe.Of(key));

        cluster.Probe.Open(key + "second");
        cluster.Probe.Open(key + "first");
        await Task.WhenAll(one, two);
        Assert.Equal(["first starts", "first ends", "second starts", "second ends"], cluster.Probe.Of(key));
    }

    [Theory]
    [InlineData(Call.Read, Call.Read)]
    [InlineData(Call.Write, Call.Interleave)]
    [InlineData(Call.Read, Call.Interleave)]
    [InlineData(Call.Interleave, Call.Interleave)]
    [InlineData(Call.Interleave, Call.Write)]
    public async Task SecondCallStarts_BeforeTheFirstCompletes(Call first, Call second)
    {
        var key = Keys.New();
        var grain = cluster.Client.GetGrain<IInterleavingGrain>(key);
        var one = Start(grain, first, "first");
        await cluster.Probe.UntilAsync(key, "first starts");

        var two = Start(grain, second, "second");
        await cluster.Probe.UntilAsync(key, "second starts");
        cluster.Probe.Open(key + "second");
        await two;
        cluster.Probe.Open(key + "first");
        await one;
        Assert.Equal(["first starts", "second starts", "second ends", "first ends"], cluster.Probe.Of(key));
    }

    /// <summary>No more than that: when the first reader ends, Orleans lets the writer in though later readers still run.</summary>
    [Fact]
    public async Task WriterWaits_UntilTheFirstReaderCompletes()
    {
        var key = Keys.New();
        var grain = cluster.Client.GetGrain<IInterleavingGrain>(key);
        var first = grain.ReadAsync("r1");
        await cluster.Probe.UntilAsync(key, "r1 starts");
        var second = grain.ReadAsync("r2");
        await cluster.Probe.UntilAsync(key, "r2 starts");
        var writer = grain.WriteAsync("w");

        cluster.Probe.Open(key + "w");
        cluster.Probe.Open(key + "r2");
        await second;
        for (var i = 0; i < 3; i++) await grain.PingAsync();
        Assert.DoesNotContain("w starts", cluster.Probe.Of(key));
        cluster.Probe.Open(key + "r1");
        await Task.WhenAll(first, writer);
        Assert.Equal(["r1 ends", "w starts", "w ends"], cluster.Probe.Of(key)[^3..]);
    }

    [Fact]
    public async Task CallsInterleave_WhenGrainIsReentrant()
    {
        var key = Keys.New();
        var grain = cluster.Client.GetGrain<IReentrantGrain>(key);
        var one = grain.WriteAsync("first");
        await cluster.Probe.UntilAsync(key, "first starts");

        cluster.Probe.Open(key + "second");
        await grain.WriteAsync("second");
        Assert.Equal(["first starts", "second starts", "second ends"], cluster.Probe.Of(key));
        cluster.Probe.Open(key + "first");
        await one;
    }

    private static Task Start(IInterleavingGrain grain, Call call, string name) => call switch
    {
        Call.Write => grain.WriteAsync(name),
        Call.Read => grain.ReadAsync(name),
        _ => grain.InterleaveAsync(name),
    };
}
