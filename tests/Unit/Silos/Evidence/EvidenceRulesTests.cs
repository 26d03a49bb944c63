using Ingestion.Grains.Silos.Evidence;
using Ingestion.Silos;

namespace Ingestion.Tests.Unit.Silos.Evidence;

/// <summary>Two looks soon, so that they can be compared, and few after that.</summary>
public sealed class EvidenceRulesTests
{
    private readonly EvidenceRules _rules = new();

    [Fact]
    public void NothingIsDue_AsLongAsNothingGrows() => Assert.Empty(TimesOf(_ => LeakVerdict.None, hours: 24));

    [Fact]
    public void EvidenceIsDueAtOnce_HalfAnHourLater_AndThenEachSixHours() =>
        Assert.Equal([60, 90, 450, 810], TimesOf(minute => minute < 60 ? LeakVerdict.None : LeakVerdict.Watch, hours: 14));

    [Fact]
    public void EvidenceIsDueEarlier_WhenItGetsWorse() => Assert.Equal(
        [0, 30, 100, 200, 560],
        TimesOf(minute => minute < 100 ? LeakVerdict.Watch : minute < 200 ? LeakVerdict.Warning : LeakVerdict.Critical, hours: 14));

    /// <summary>A verdict that comes and goes is no reason to look at each turn.</summary>
    [Fact]
    public void EvidenceIsRare_WhenTheVerdictFlaps() =>
        Assert.InRange(TimesOf(minute => minute % 2 == 0 ? LeakVerdict.None : LeakVerdict.Critical, hours: 24).Count, 4, 6);

    /// <summary>The minutes at which it is due, looked at each minute.</summary>
    private List<int> TimesOf(Func<int, LeakVerdict> verdict, int hours)
    {
        var times = new List<int>();
        for (var minute = 0; minute < hours * 60; minute++)
        {
            if (!_rules.IsDue(TimeSpan.FromMinutes(minute), verdict(minute)))
                continue;
            _rules.Tried(TimeSpan.FromMinutes(minute), verdict(minute));
            times.Add(minute);
        }

        return times;
    }
}
