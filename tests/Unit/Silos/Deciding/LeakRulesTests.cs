using Ingestion.Grains.Silos.Deciding;
using Ingestion.Silos;
using static Ingestion.Tests.Unit.Silos.Deciding.LeakHistory;

namespace Ingestion.Tests.Unit.Silos.Deciding;

/// <summary>The verdict is right, and comes soon, whatever the noise; what is no leak is not called one.</summary>
public sealed class LeakRulesTests(Xunit.Abstractions.ITestOutputHelper output)
{
    private const int Histories = 200;
    private const double Day = 24;

    [Theory]
    [InlineData(0, LeakVerdict.None, 0)]
    [InlineData(10, LeakVerdict.Watch, 12)]
    [InlineData(50, LeakVerdict.Warning, 3)]
    [InlineData(100, LeakVerdict.Critical, 2.5)]
    public void VerdictIsRight_AndComesWithinHours_WhenTheFloorGrows(int megabytesPerHour, LeakVerdict verdict, double latestHours)
    {
        var hours = new List<double>();
        for (var seed = 0; seed < Histories; seed++)
        {
            var history = new LeakHistory(seed).Run(Day, hour => hour * megabytesPerHour * Megabyte, Users(seed));
            // A slow leak may be seen as none for a while, and noise as something to watch; neither as more.
            Assert.InRange(history.Reached.Keys.Max(), verdict, verdict == LeakVerdict.None ? LeakVerdict.Watch : verdict);
            hours.Add(history.Reached[verdict].TotalHours);
        }

        output.WriteLine($"{megabytesPerHour} MB/h: {verdict} after {hours.Order().ElementAt(Histories / 2):0.0} h, at the latest {hours.Max():0.0} h");
        Assert.InRange(hours.Max(), 0, latestHours);
    }

    [Theory]
    [InlineData(50, LeakVerdict.Warning)]
    [InlineData(100, LeakVerdict.Critical)]
    public void VerdictStays_WhileTheLeakLasts(int megabytesPerHour, LeakVerdict verdict)
    {
        for (var seed = 0; seed < Histories; seed++)
            Assert.Equal(verdict, new LeakHistory(seed).Run(12, hour => hour * megabytesPerHour * Megabyte).Rules.Verdict);
    }

    [Fact]
    public void VerdictEnds_WithinHours_WhenTheLeakHasEnded()
    {
        for (var seed = 0; seed < Histories; seed++)
            Assert.True(new LeakHistory(seed).Run(12, hour => Math.Min(hour, 6) * 100 * Megabyte).Rules.Verdict <= LeakVerdict.Watch, $"seed {seed}");
    }

    [Fact]
    public void RandomHistoryWithoutALeak_IsNeverAWarning()
    {
        var found = new List<string>();
        for (var seed = 0; seed < 5 * Histories; seed++)
        {
            var (teeth, steps, load) = (Teeth(seed), Steps(seed), Users(seed));
            var history = new LeakHistory(seed).Run(Day, hour => teeth(hour) + steps(hour), load);
            if (history.Reached.Keys.Max() > LeakVerdict.Watch)
                found.Add($"seed {seed}: {string.Join(", ", history.Reached)}");
        }

        Assert.Empty(found);
    }

    [Fact]
    public void UsersWhoComeFast_AreNoLeak_AndTheSameGrowthWithoutThemIs()
    {
        static double Come(double hour) => hour * 150 * Megabyte;
        Assert.Equal(LeakVerdict.None, new LeakHistory(1).Run(4, _ => 0, Come).Rules.Verdict);
        Assert.Equal(LeakVerdict.Critical, new LeakHistory(1).Run(4, Come).Rules.Verdict);
    }

    [Fact]
    public void UsersWhoLeave_AreNoLeak_WhenTheirSizeWasEstimatedTooHigh()
    {
        // They took half of what their classes declare.
        static double Declared(double hour) => (12 - hour) * 80 * Megabyte;
        Assert.Equal(LeakVerdict.None, new LeakHistory(1).Run(10, hour => -Declared(hour) / 2, Declared).Rules.Verdict);
    }

    [Fact]
    public void NothingIsSaid_BeforeTheSiloIsWarmAndFourFloorsAreKnown()
    {
        var rules = new LeakRules();
        for (var minute = 0; minute < 75; minute += 5)
        {
            rules.Add(TimeSpan.FromMinutes(minute), new Floor(TimeSpan.FromMinutes(minute), minute * 1_000_000_000L, 0));
            Assert.Equal((LeakVerdict.None, null), (rules.Verdict, rules.BytesPerHour));
        }
    }

    /// <summary>A day of users: some tens of MB up and down.</summary>
    private static Func<double, double> Users(int seed)
    {
        var chance = new Random(seed + 1_000_000);
        var (most, phase) = ((5 + (15 * chance.NextDouble())) * Megabyte, chance.NextDouble() * Math.Tau);
        return hour => most * (1 + Math.Sin((hour / Day * Math.Tau) + phase));
    }

    /// <summary>A cache that grows for some minutes and is dropped.</summary>
    private static Func<double, double> Teeth(int seed)
    {
        var chance = new Random(seed + 2_000_000);
        var (most, hours) = (20 * chance.NextDouble() * Megabyte, 0.1 + (0.4 * chance.NextDouble()));
        return hour => most * (hour / hours % 1);
    }

    /// <summary>A load that no activation explains comes and goes, and now and then all of it is reset.</summary>
    private static Func<double, double> Steps(int seed)
    {
        var chance = new Random(seed + 3_000_000);
        var steps = Enumerable.Range(0, 4).Select(i => (At: (6 * i) + (6 * chance.NextDouble()), Bytes: 150 * chance.NextDouble() * Megabyte)).ToArray();
        return hour => steps.LastOrDefault(step => step.At <= hour).Bytes;
    }
}
