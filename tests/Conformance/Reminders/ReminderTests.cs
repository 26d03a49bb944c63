using Ingestion.Tests.Conformance.Infrastructure;
using Xunit;

namespace Ingestion.Tests.Conformance.Reminders;

[Collection(SharedCluster.Name)]
public sealed class ReminderTests(SharedCluster cluster)
{
    private static readonly TimeSpan Fast = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private readonly string _key = Keys.New();

    private IReminderGrain Grain => cluster.Client.GetGrain<IReminderGrain>(_key);

    [Fact]
    public async Task ReminderIsFound_UntilItIsUnregistered()
    {
        Assert.Null(await Grain.GetAsync("r"));
        Assert.Equal("r", await Grain.RegisterAsync("r", Hour, Hour));
        Assert.Equal("r", await Grain.GetAsync("r"));
        Assert.Null(await Grain.GetAsync("another"));

        await Grain.UnregisterAsync("r");
        Assert.Null(await Grain.GetAsync("r"));
    }

    [Fact]
    public async Task AllRemindersOfTheGrainAreListed()
    {
        await Grain.RegisterAsync("b", Hour, Hour);
        await Grain.RegisterAsync("a", Hour, Hour);
        await cluster.Client.GetGrain<IReminderGrain>(Keys.New()).RegisterAsync("c", Hour, Hour);

        Assert.Equal(["a", "b"], await Grain.GetAllAsync());
        await Grain.UnregisterAsync("a");
        Assert.Equal(["b"], await Grain.GetAllAsync());
    }

    [Fact]
    public async Task ReminderFires_AgainAndAgain()
    {
        await Grain.RegisterAsync("r", TimeSpan.Zero, Fast);

        await cluster.Probe.UntilAsync(_key, "r every 200 ms", 3);
        await Grain.UnregisterAsync("r");
    }

    [Fact]
    public async Task ReminderFiresInTheNewPeriod_WhenItIsRegisteredAgain()
    {
        await Grain.RegisterAsync("r", Hour, Hour);
        await Grain.RegisterAsync("r", TimeSpan.Zero, Fast);

        await cluster.Probe.UntilAsync(_key, "r every 200 ms");
        Assert.Equal(["r"], await Grain.GetAllAsync());
        await Grain.UnregisterAsync("r");
    }

    [Fact]
    public async Task ReminderActivatesTheGrain_WhenItWasDeactivated()
    {
        await Grain.RegisterAsync("r", TimeSpan.FromMilliseconds(500), Fast);
        await Grain.LeaveAsync();
        await cluster.Probe.UntilAsync(_key, "deactivated");

        // No call from here: the reminder alone brings the grain back.
        var journal = await cluster.Probe.UntilAsync(_key, "r every 200 ms");
        Assert.True(journal.Count(e => e == "activated") >= 2, string.Join(" | ", journal));
        await Grain.UnregisterAsync("r");
    }

    [Fact]
    public async Task ReminderFiresNoMore_AfterItIsUnregistered()
    {
        await Grain.RegisterAsync("gone", TimeSpan.Zero, Fast);
        await cluster.Probe.UntilAsync(_key, "gone every 200 ms");
        await Grain.UnregisterAsync("gone");
        var ticks = cluster.Probe.Count(_key, "gone every 200 ms");

        await Grain.RegisterAsync("clock", TimeSpan.Zero, Fast);
        await cluster.Probe.UntilAsync(_key, "clock every 200 ms", 4);
        // One may have been on its way.
        Assert.InRange(cluster.Probe.Count(_key, "gone every 200 ms"), ticks, ticks + 1);
        await Grain.UnregisterAsync("clock");
    }

    [Fact]
    public Task RegistrationIsRefused_WhenThePeriodIsBelowTheMinimum() =>
        Assert.ThrowsAsync<ArgumentException>(() => Grain.RegisterAsync("r", Hour, SharedCluster.MinimumReminderPeriod / 2));
}
