using System.Diagnostics;
using Ingestion.Tests.Conformance.Infrastructure;
using Xunit;

namespace Ingestion.Tests.Conformance.Calls;

[Collection(SharedCluster.Name)]
public sealed class CallTests(SharedCluster cluster)
{
    private readonly string _key = Keys.New();

    private ICallGrain Grain => cluster.Client.GetGrain<ICallGrain>(_key);

    [Fact]
    public async Task ArgumentsAndResultsArriveUnchanged()
    {
        var parcel = new Parcel("ünïcode", long.MaxValue, Guid.NewGuid(), new DateTimeOffset(2030, 1, 2, 3, 4, 5, TimeSpan.FromHours(2)));

        Assert.Equal(parcel, await Grain.EchoAsync(parcel));
        Assert.Equal(parcel with { Owner = null }, await Grain.EchoAsync(parcel with { Owner = null }));
        Assert.Equal(3, await Grain.AddAsync(1, 2));
        Assert.Equal(2, await Grain.AddAsync(1));
        Assert.Null(await Grain.NothingAsync());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task GrainIsReached_FromTheSiloHostsFactory(int silo) => Assert.Equal(5, await cluster.From(silo).GetGrain<ICallGrain>(_key).AddAsync(2, 3));

    [Fact]
    public async Task CallerGetsTheException_WhenItIsOurOwn()
    {
        var refused = await Assert.ThrowsAsync<RefusedException>(() => Grain.RefuseAsync(42));

        Assert.Equal("refused", refused.Message);
        Assert.Equal(42, refused.Code);
    }

    [Theory]
    [InlineData("state", typeof(InvalidOperationException), "bad state")]
    [InlineData("argument", typeof(ArgumentException), "bad argument (Parameter 'kind')")]
    [InlineData("missing", typeof(KeyNotFoundException), "no such key")]
    [InlineData("cancelled", typeof(OperationCanceledException), "cancelled by the callee")]
    public async Task CallerGetsTheException_WhenItIsBuiltIn(string kind, Type type, string message)
    {
        var e = await Assert.ThrowsAsync(type, () => Grain.FailAsync(kind));

        Assert.Equal(message, e.Message);
        Assert.Equal(1, await Grain.AddAsync(0));
    }

    [Fact]
    public async Task CallerGetsTheInnerExceptionToo()
    {
        var e = await Assert.ThrowsAsync<InvalidOperationException>(() => Grain.FailAsync("inner"));

        Assert.Equal(7, Assert.IsType<RefusedException>(e.InnerException).Code);
    }

    [Fact]
    public async Task CallReturnsBeforeTheCalleeIsDone_WhenOneWay()
    {
        await Grain.NotifyAsync("note");
        await cluster.Probe.UntilAsync(_key, "note starts");
        Assert.Equal(["note starts"], cluster.Probe.Of(_key));

        cluster.Probe.Open(_key);
        await cluster.Probe.UntilAsync(_key, "note ends");
    }

    [Fact]
    public async Task CallerHearsNothingOfAFailure_WhenOneWay()
    {
        await Grain.FailUnheardAsync();

        await cluster.Probe.UntilAsync(_key, "failing");
        Assert.Equal(1, await Grain.AddAsync(0));
    }

    [Fact]
    public async Task CalleeIsCancelled_WhenTheCallerCancels()
    {
        using var cancellation = new CancellationTokenSource();
        var call = Grain.WaitForCancellationAsync(cancellation.Token);
        await cluster.Probe.UntilAsync(_key, "waiting");

        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await cluster.Probe.UntilAsync(_key, "cancelled");
        Assert.Equal(1, await Grain.AddAsync(0));
    }

    [Fact]
    public async Task CancellationTravelsOn_WhenTheCalleePassesItsToken()
    {
        var other = Keys.New();
        using var cancellation = new CancellationTokenSource();
        var call = Grain.PassTokenOnAsync(other, cancellation.Token);
        await cluster.Probe.UntilAsync(other, "waiting");

        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await cluster.Probe.UntilAsync(other, "cancelled");
    }

    [Fact]
    public async Task CallIsCancelled_WhenTheTokenIsAlready() =>
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Grain.WaitForCancellationAsync(new CancellationToken(canceled: true)));

    [Fact]
    public async Task CallTimesOutAfterItsOwnTimeout_AndTheGrainStaysUsable()
    {
        var started = Stopwatch.GetTimestamp();
        await Assert.ThrowsAsync<TimeoutException>(() => Grain.HoldForASecondAsync());
        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.FromSeconds(0.9), Probe.Deadline / 2);

        // The callee knows nothing of it: its turn goes on, and the next call comes after that.
        Assert.DoesNotContain("released", cluster.Probe.Of(_key));
        var next = Grain.AddAsync(0).AsTask();
        cluster.Probe.Open(_key);
        Assert.Equal(1, await next);
        Assert.Equal(["held", "released"], cluster.Probe.Of(_key));
    }
}
