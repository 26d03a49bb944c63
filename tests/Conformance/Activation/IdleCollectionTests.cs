using System.Diagnostics;
using Ingestion.Tests.Conformance.Infrastructure;
using Xunit;

namespace Ingestion.Tests.Conformance.Activation;

public sealed class IdleCollectionTests(CollectingCluster cluster) : IClassFixture<CollectingCluster>
{
    [Fact]
    public async Task GrainIsCollected_WhenIdleForItsAge()
    {
        var key = Keys.New();
        var grain = cluster.Client.GetGrain<IActivationGrain>(key);
        var first = await grain.IdAsync();

        await cluster.Probe.UntilAsync(key, "deactivated ActivationIdle");
        Assert.NotEqual(first, await grain.IdAsync());
    }

    [Fact]
    public async Task GrainStays_WhenCalledAgainAndAgain()
    {
        var grain = cluster.Client.GetGrain<IActivationGrain>(Keys.New());
        var called = Stopwatch.GetTimestamp();
        var first = await grain.IdAsync();

        var collection = cluster.OneCollectionAsync();
        await Eventually.TrueAsync(async () =>
        {
            var calledBefore = called;
            called = Stopwatch.GetTimestamp();
            var id = await grain.IdAsync();
            // A machine too busy to call in time has let the grain idle: it may be another then.
            if (Stopwatch.GetElapsedTime(calledBefore) < CollectingCluster.Starved)
                Assert.Equal(first, id);
            first = id;
            return collection.IsCompleted;
        }, "another grain is collected");
        await collection;
    }

    [Fact]
    public async Task GrainStays_WhenDeactivationIsDelayed()
    {
        var key = Keys.New();
        var grain = cluster.Client.GetGrain<IStayingGrain>(key);
        await grain.StayAsync(TimeSpan.FromHours(1));

        await cluster.OneCollectionAsync();
        await cluster.OneCollectionAsync();
        Assert.Empty(cluster.Probe.Of(key));
    }

    [Fact]
    public async Task GrainIsCollectedAgain_WhenTheDelayIsTakenBack()
    {
        var key = Keys.New();
        var grain = cluster.Client.GetGrain<IStayingGrain>(key);
        await grain.StayAsync(TimeSpan.FromHours(1));
        await grain.StayAsync(TimeSpan.Zero);

        await cluster.Probe.UntilAsync(key, "deactivated ActivationIdle");
    }

    [Fact]
    public async Task GrainStays_WhenItIsKeepAlive()
    {
        var key = Keys.New();
        await cluster.Client.GetGrain<IKeptGrain>(key).CallAsync();

        await cluster.OneCollectionAsync();
        await cluster.OneCollectionAsync();
        Assert.Empty(cluster.Probe.Of(key));
    }

    [Fact]
    public async Task GrainStays_WhenItsClassHasALongerAge()
    {
        var key = Keys.New();
        await cluster.Client.GetGrain<IAgedGrain>(key).CallAsync();

        await cluster.OneCollectionAsync();
        await cluster.OneCollectionAsync();
        Assert.Empty(cluster.Probe.Of(key));
    }

    [Fact]
    public async Task GrainStays_WhileACallRuns()
    {
        var key = Keys.New();
        var call = cluster.Client.GetGrain<IStayingGrain>(key).HoldAsync();

        await cluster.OneCollectionAsync();
        await cluster.OneCollectionAsync();
        Assert.Empty(cluster.Probe.Of(key));
        cluster.Probe.Open(key);
        await call;
        await cluster.Probe.UntilAsync(key, "deactivated ActivationIdle");
    }

    [Fact]
    public async Task GrainIsCollected_ThoughItsTimerTicks()
    {
        var key = Keys.New();
        await cluster.Client.GetGrain<IStayingGrain>(key).TickAsync(keepAlive: false);

        await cluster.Probe.UntilAsync(key, "deactivated ActivationIdle");
    }

    [Fact]
    public async Task GrainStays_WhenItsTimerKeepsItAlive()
    {
        string key;
        var attempts = 0;
        do
        {
            key = Keys.New();
            await cluster.Client.GetGrain<IStayingGrain>(key).TickAsync(keepAlive: true);

            await cluster.OneCollectionAsync();
            await cluster.OneCollectionAsync();
        }
        while (cluster.Probe.Count(key, "starved") > 0 && ++attempts < 5);
        Assert.Empty(cluster.Probe.Of(key));
    }
}

public interface IStayingGrain : IGrainWithStringKey
{
    Task StayAsync(TimeSpan time);

    Task HoldAsync();

    Task TickAsync(bool keepAlive);
}

internal sealed class StayingGrain(Probe probe) : Grain, IStayingGrain
{
    private long? _ticked;

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        // A machine too busy to tick in time has let the grain idle, whatever its timer wished.
        if (_ticked is { } ticked && Stopwatch.GetElapsedTime(ticked) >= CollectingCluster.Starved)
            probe.Record(this.GetPrimaryKeyString(), "starved");
        probe.Record(this.GetPrimaryKeyString(), $"deactivated {reason.ReasonCode}");
        return Task.CompletedTask;
    }

    public Task StayAsync(TimeSpan time)
    {
        DelayDeactivation(time);
        return Task.CompletedTask;
    }

    public Task HoldAsync() => probe.GateAsync(this.GetPrimaryKeyString());

    public Task TickAsync(bool keepAlive)
    {
        _ticked = Stopwatch.GetTimestamp();
        this.RegisterGrainTimer(
            _ =>
            {
                _ticked = Stopwatch.GetTimestamp();
                return Task.CompletedTask;
            },
            new GrainTimerCreationOptions(TimeSpan.Zero, TimeSpan.FromMilliseconds(50)) { KeepAlive = keepAlive });
        return Task.CompletedTask;
    }
}

public interface IKeptGrain : IGrainWithStringKey
{
    Task CallAsync();
}

[KeepAlive]
internal sealed class KeptGrain(Probe probe) : Grain, IKeptGrain
{
    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        probe.Record(this.GetPrimaryKeyString(), $"deactivated {reason.ReasonCode}");
        return Task.CompletedTask;
    }

    public Task CallAsync() => Task.CompletedTask;
}

public interface IAgedGrain : IGrainWithStringKey
{
    Task CallAsync();
}

[CollectionAgeLimit(Minutes = 10)]
internal sealed class AgedGrain(Probe probe) : Grain, IAgedGrain
{
    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        probe.Record(this.GetPrimaryKeyString(), $"deactivated {reason.ReasonCode}");
        return Task.CompletedTask;
    }

    public Task CallAsync() => Task.CompletedTask;
}
