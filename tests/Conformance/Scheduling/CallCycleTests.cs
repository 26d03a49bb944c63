using Ingestion.Tests.Conformance.Infrastructure;
using Xunit;

namespace Ingestion.Tests.Conformance.Scheduling;

[Collection(SharedCluster.Name)]
public sealed class CallCycleTests(SharedCluster cluster)
{
    [Fact]
    public async Task CycleEndsInTimeout_AndGrainStaysUsable()
    {
        var (a, b) = (Keys.New(), Keys.New());
        var grain = cluster.Client.GetGrain<ICycleGrain>(a);

        Assert.Equal(nameof(TimeoutException), await grain.CallBackThroughAsync(b, allowReentrancy: false));
        Assert.Equal("back at home", await grain.BackAsync());
        Assert.Equal("back at home", await cluster.Client.GetGrain<ICycleGrain>(b).BackAsync());
    }

    [Fact]
    public async Task CycleEndsInTimeout_WhenGrainCallsItself()
    {
        var key = Keys.New();

        Assert.Equal(nameof(TimeoutException), await cluster.Client.GetGrain<ICycleGrain>(key).CallBackThroughAsync(key, allowReentrancy: false));
    }

    [Fact]
    public async Task CycleIsLetThrough_WhenCallChainReentrancyIsAllowed()
    {
        var grain = cluster.Client.GetGrain<ICycleGrain>(Keys.New());

        Assert.Equal("back at home", await grain.CallBackThroughAsync(Keys.New(), allowReentrancy: true));
    }

    [Fact]
    public async Task OtherCallersStillWait_WhenCallChainReentrancyIsAllowed()
    {
        var key = Keys.New();
        var grain = cluster.Client.GetGrain<ICycleGrain>(key);
        var held = grain.HoldWithReentrancyAsync();
        await cluster.Probe.UntilAsync(key, "held");

        var stranger = grain.BackAsync();
        for (var i = 0; i < 3; i++) await grain.PingAsync();
        Assert.False(stranger.IsCompleted);
        cluster.Probe.Open(key);
        await held;
        Assert.Equal("back at home", await stranger);
    }
}

public interface ICycleGrain : IGrainWithStringKey
{
    /// <summary>Calls another grain, which calls back; answers what came back, or the type of the exception.</summary>
    Task<string> CallBackThroughAsync(string other, bool allowReentrancy);

    [ResponseTimeout("00:00:01")]
    Task<string> ForwardAsync(ICycleGrain home);

    [ResponseTimeout("00:00:01")]
    Task<string> BackAsync();

    Task HoldWithReentrancyAsync();

    [Orleans.Concurrency.AlwaysInterleave]
    Task PingAsync();
}

internal sealed class CycleGrain(Probe probe) : Grain, ICycleGrain
{
    public async Task<string> CallBackThroughAsync(string other, bool allowReentrancy)
    {
        var peer = GrainFactory.GetGrain<ICycleGrain>(other);
        var home = this.AsReference<ICycleGrain>();
        try
        {
            if (!allowReentrancy) return await peer.ForwardAsync(home);
            using (RequestContext.AllowCallChainReentrancy()) return await peer.ForwardAsync(home);
        }
        catch (TimeoutException)
        {
            return nameof(TimeoutException);
        }
    }

    public Task<string> ForwardAsync(ICycleGrain home) => home.BackAsync();

    public Task<string> BackAsync() => Task.FromResult("back at home");

    public async Task HoldWithReentrancyAsync()
    {
        using (RequestContext.AllowCallChainReentrancy())
        {
            probe.Record(this.GetPrimaryKeyString(), "held");
            await probe.GateAsync(this.GetPrimaryKeyString());
        }
    }

    public Task PingAsync() => Task.CompletedTask;
}
