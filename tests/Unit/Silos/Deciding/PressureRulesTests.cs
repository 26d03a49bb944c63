using Ingestion.Grains.Silos.Deciding;
using Ingestion.Silos;
using Ingestion.Tests.Unit.Infrastructure;

namespace Ingestion.Tests.Unit.Silos.Deciding;

/// <summary>Levels by their marks, in virtual time.</summary>
public class PressureRulesTests
{
    private const double Period = 0.25;

    private readonly PressureRules _rules = new();
    private TimeSpan _now = TimeSpan.FromHours(1);

    [Theory]
    [InlineData(0.77, MemoryLevel.Green)]
    [InlineData(0.78, MemoryLevel.Elevated)]
    [InlineData(0.87, MemoryLevel.Elevated)]
    [InlineData(0.88, MemoryLevel.High)]
    [InlineData(0.97, MemoryLevel.High)]
    [InlineData(0.98, MemoryLevel.Critical)]
    [InlineData(1.07, MemoryLevel.Critical)]
    [InlineData(1.08, MemoryLevel.Emergency)]
    public void Level_IsEnteredAtItsMark(double share, MemoryLevel level)
    {
        Samples(2, share);
        Assert.Equal(level, _rules.Level);
    }

    [Fact]
    public void Level_RisesWithTheSecondSample_AndFromCriticalOnWithTheFirst()
    {
        Sample(0.90);
        Assert.Equal(MemoryLevel.Green, _rules.Level);
        Sample(0.80);
        Assert.Equal(MemoryLevel.Elevated, _rules.Level);
        Sample(0.99);
        Assert.Equal(MemoryLevel.Critical, _rules.Level);
        Sample(1.2);
        Assert.Equal(MemoryLevel.Emergency, _rules.Level);
    }

    [Fact]
    public void Level_IsEnteredBeforeItsMark_WhenTheLimitIsNear()
    {
        Samples(4, 0.71, timeToLimit: 61);
        Assert.Equal(MemoryLevel.Green, _rules.Level);
        Samples(2, 0.71, timeToLimit: 59);
        Assert.Equal(MemoryLevel.Elevated, _rules.Level);
        Samples(2, 0.81, timeToLimit: 19);
        Assert.Equal(MemoryLevel.High, _rules.Level);
        Samples(2, 0.90, timeToLimit: 1);
        Assert.Equal(MemoryLevel.High, _rules.Level);
    }

    [Fact]
    public void NearLimit_MeansNothing_WhereTheLevelWouldBeLeftAtOnce()
    {
        // A silo that starts rises fast.
        Samples(20, 0.3, timeToLimit: 5);
        Assert.Equal(MemoryLevel.Green, _rules.Level);
    }

    [Fact]
    public void WaitingForMemory_RaisesToElevatedOnly_AndLowersNothing()
    {
        Samples(4, 0.2, stall: 0.5);
        Assert.Equal(MemoryLevel.Elevated, _rules.Level);
        Samples(2, 0.9, stall: 0);
        Assert.Equal(MemoryLevel.High, _rules.Level);
        Samples(400, 0.2, stall: 0.5);
        Assert.Equal(MemoryLevel.Elevated, _rules.Level);
        Samples(100, 0.2);
        Assert.Equal(MemoryLevel.Green, _rules.Level);
    }

    [Fact]
    public void Level_FallsByOne_AfterTenSecondsOfCalmAndFifteenOfDwell()
    {
        Samples(2, 0.9);
        var entered = _now;
        Samples(20, 0.9);
        Assert.Equal(15, SecondsUntilChange(0.5, entered), 0.5);
        Assert.Equal(MemoryLevel.Elevated, _rules.Level);
        entered = _now;
        Assert.Equal(15, SecondsUntilChange(0.5, entered), 0.5);
        Assert.Equal(MemoryLevel.Green, _rules.Level);
    }

    [Fact]
    public void Calm_BeginsAnew_WhenMemoryRisesAboveTheExitMark()
    {
        Samples(200, 0.9);
        Samples(36, 0.79);
        Sample(0.81);
        var calm = _now;
        Assert.Equal(10, SecondsUntilChange(0.79, calm), 0.5);
    }

    [Fact]
    public void StaleSample_ChangesNothing()
    {
        foreach (var share in new[] { 2.0, 0.1 })
        {
            for (var i = 0; i < 1000; i++)
            {
                _now += TimeSpan.FromSeconds(Period);
                Assert.False(_rules.Observe(_now, new PressureSample(_now - TimeSpan.FromSeconds(1.01), share, null, 0)));
            }
        }
    }

    [Fact]
    public void SameSampleTwice_IsOne()
    {
        var sample = new PressureSample(_now, 0.9, null, 0);
        _rules.Observe(_now, sample);
        Assert.False(_rules.Observe(_now + TimeSpan.FromSeconds(0.5), sample));
    }

    [Fact]
    public void Levels_NeverFlapAndAreAlwaysLeft_WhateverMemoryDoes() => Histories.Check(300, random =>
    {
        var rules = new PressureRules();
        var now = TimeSpan.Zero;
        (TimeSpan At, int Direction) last = (TimeSpan.MinValue, 0);
        var share = random.NextDouble() * 1.3;
        for (var step = 0; step < 4000; step++)
        {
            now += TimeSpan.FromSeconds(random.Next(20) == 0 ? random.NextDouble() * 8 : Period);
            share = random.Next(50) == 0 ? random.NextDouble() * 1.3 : Math.Clamp(share + ((random.NextDouble() - 0.5) * 0.05), 0.05, 1.3);
            var age = TimeSpan.FromSeconds(random.Next(4) == 0 ? random.NextDouble() * 3 : 0);
            var limit = random.Next(3) == 0 ? TimeSpan.FromSeconds(random.Next(100)) : (TimeSpan?)null;
            var before = rules.Level;
            var changed = rules.Observe(now, new PressureSample(now - age, share, limit, random.Next(10) == 0 ? 0.2 : 0));
            Assert.Equal(changed, before != rules.Level);
            if (!changed)
                continue;
            Assert.True(age <= PressureRules.Stale, "A stale sample changed the level.");
            var direction = Math.Sign(rules.Level - before);
            // It may rise again at once, but it falls only after its dwell: no two turns within that.
            if (direction < 0)
            {
                Assert.True(last.Direction == 0 || now - last.At >= PressureRules.Dwell, $"It fell {now - last.At} after the last change.");
                Assert.Equal(1, before - rules.Level);
                Assert.True(share < PressureRules.LeaveMark(before), "It fell above its exit mark.");
            }

            last = (now, direction);
        }

        for (var end = now + (5 * PressureRules.Dwell); now < end; now += TimeSpan.FromSeconds(Period))
            rules.Observe(now + TimeSpan.FromSeconds(Period), new PressureSample(now + TimeSpan.FromSeconds(Period), 0.3, null, 0));
        Assert.Equal(MemoryLevel.Green, rules.Level);
    });

    private double SecondsUntilChange(double share, TimeSpan since)
    {
        for (var i = 0; i < 1000; i++)
        {
            if (Sample(share))
                return (_now - since).TotalSeconds;
        }

        return double.PositiveInfinity;
    }

    private void Samples(int count, double share, double? timeToLimit = null, double stall = 0)
    {
        for (var i = 0; i < count; i++)
            Sample(share, timeToLimit, stall);
    }

    private bool Sample(double share, double? timeToLimit = null, double stall = 0)
    {
        _now += TimeSpan.FromSeconds(Period);
        return _rules.Observe(_now, new PressureSample(_now, share, timeToLimit is { } seconds ? TimeSpan.FromSeconds(seconds) : null, stall));
    }
}
