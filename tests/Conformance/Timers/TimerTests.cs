using Ingestion.Tests.Conformance.Infrastructure;
using Xunit;

namespace Ingestion.Tests.Conformance.Timers;

[Collection(SharedCluster.Name)]
public sealed class TimerTests(SharedCluster cluster)
{
    private static readonly TimeSpan Fast = TimeSpan.FromMilliseconds(10);
    private readonly string _key = Keys.New();

    private ITimerGrain Grain => cluster.Client.GetGrain<ITimerGrain>(_key);

    [Fact]
    public async Task TimerTicksOnTheActivationsScheduler_AgainAndAgain()
    {
        await Grain.StartAsync("t", TimeSpan.Zero, Fast);

        await cluster.Probe.UntilAsync(_key, "t", 5);
        Assert.Equal(0, cluster.Probe.Count(_key, "stray"));
    }

    [Fact]
    public async Task TimerTicksOnce_WhenPeriodIsInfinite()
    {
        await Grain.StartAsync("once", TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        await cluster.Probe.UntilAsync(_key, "once");

        await ClockAsync();
        Assert.Equal(1, cluster.Probe.Count(_key, "once"));
    }

    [Fact]
    public async Task TimerNeverTicks_WhenDueTimeIsInfiniteUntilItIsChanged()
    {
        await Grain.StartAsync("t", Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        await ClockAsync();
        Assert.Equal(0, cluster.Probe.Count(_key, "t"));

        await Grain.ChangeAsync("t", TimeSpan.Zero, Fast);
        await cluster.Probe.UntilAsync(_key, "t", 3);
    }

    [Fact]
    public async Task TimerStops_WhenChangedToInfinite()
    {
        await Grain.StartAsync("t", TimeSpan.Zero, Fast);
        await cluster.Probe.UntilAsync(_key, "t");
        await Grain.ChangeAsync("t", Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        // A tick that was on its way already may still come.
        await ClockAsync("settled");
        var ticks = cluster.Probe.Count(_key, "t");
        await ClockAsync("clock");
        Assert.Equal(ticks, cluster.Probe.Count(_key, "t"));
    }

    [Fact]
    public async Task TimerStops_WhenDisposed()
    {
        await Grain.StartAsync("t", TimeSpan.Zero, Fast);
        await cluster.Probe.UntilAsync(_key, "t");
        await Grain.DisposeAsync("t");

        await ClockAsync();
        var journal = cluster.Probe.Of(_key);
        Assert.DoesNotContain("t", journal[Array.IndexOf(journal, "t disposed")..]);
    }

    [Fact]
    public async Task TimerStops_WhenItsActivationEnds()
    {
        await Grain.StartAsync("t", TimeSpan.Zero, Fast);
        await cluster.Probe.UntilAsync(_key, "t");
        await Grain.LeaveAsync();
        await cluster.Probe.UntilAsync(_key, "leaving");
        cluster.Probe.Open(_key + "leave");

        // The clock runs in the next activation.
        await ClockAsync();
        var journal = cluster.Probe.Of(_key);
        Assert.DoesNotContain("t", journal[Array.IndexOf(journal, "leaving")..]);
        Assert.DoesNotContain("t after the end", journal);
    }

    [Fact]
    public async Task TickWaits_WhileACallRuns()
    {
        await Grain.StartAsync("interleaving", TimeSpan.Zero, Fast, interleave: true);
        await Grain.StartAsync("waiting", TimeSpan.Zero, Fast);
        var held = Grain.HoldAsync();
        await cluster.Probe.UntilAsync(_key, "held");
        var before = cluster.Probe.Count(_key, "waiting");
        await cluster.Probe.UntilAsync(_key, "interleaving", cluster.Probe.Count(_key, "interleaving") + 5);

        Assert.Equal(before, cluster.Probe.Count(_key, "waiting"));
        cluster.Probe.Open(_key);
        await held;
        await cluster.Probe.UntilAsync(_key, "waiting", before + 1);
    }

    [Fact]
    public async Task CallWaits_WhileATickRuns()
    {
        await Grain.StartHeldAsync("tick");
        await cluster.Probe.UntilAsync(_key, "tick starts");

        var call = Grain.DisposeAsync("tick");
        for (var i = 0; i < 3; i++) await Grain.PingAsync();
        Assert.False(call.IsCompleted);
        cluster.Probe.Open(_key + "tick");
        await call;
        var journal = cluster.Probe.Of(_key);
        Assert.True(Array.IndexOf(journal, "tick ends") < Array.IndexOf(journal, "tick disposed"), string.Join(" | ", journal));
    }

    [Fact]
    public async Task TicksDoNotOverlap_WhenATickIsSlowerThanThePeriod()
    {
        await Grain.StartHeldAsync("tick");
        await cluster.Probe.UntilAsync(_key, "tick starts");
        var other = Keys.New();
        await cluster.Client.GetGrain<ITimerGrain>(other).StartAsync("t", TimeSpan.Zero, Fast);
        await cluster.Probe.UntilAsync(other, "t", 5);

        Assert.Equal(["tick starts"], cluster.Probe.Of(_key));
        cluster.Probe.Open(_key + "tick");
        await cluster.Probe.UntilAsync(_key, "tick ends", 3);
        var journal = cluster.Probe.Of(_key);
        Assert.All(Enumerable.Range(0, journal.Length), i => Assert.Equal(i % 2 == 0 ? "tick starts" : "tick ends", journal[i]));
    }

    [Fact]
    public async Task TimerGoesOn_WhenATickThrows()
    {
        await Grain.StartFailingAsync("failing");

        await cluster.Probe.UntilAsync(_key, "failing", 3);
    }

    /// <summary>Returns after several ticks of a new timer of the same period.</summary>
    private async Task ClockAsync(string name = "clock")
    {
        await Grain.StartAsync(name, TimeSpan.Zero, Fast);
        await cluster.Probe.UntilAsync(_key, name, 8);
    }
}
