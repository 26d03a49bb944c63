using Ingestion.Grains.Silos.Deciding;

namespace Ingestion.Tests.Unit.Silos.Deciding;

public class ReclaimRulesTests
{
    private const long Threshold = 150L << 20;
    private const long High = 250L << 20;
    private const long Low = 140L << 20;

    private readonly ReclaimRules _rules = new(Threshold);
    private TimeSpan _now = TimeSpan.FromHours(1);
    private long _allocated;

    [Fact]
    public void Memory_IsGivenBackOnce_WhenItHasBeenQuietForTenSecondsAfterARush()
    {
        Assert.False(Second(High, rush: true));
        Assert.DoesNotContain(true, Seconds(9, High));
        Assert.True(Second(High));
        Reclaimed(High - Low);
        Assert.DoesNotContain(true, Seconds(3600, High));
    }

    [Fact]
    public void Memory_IsGivenBackAgain_WhenThereWasARushInBetween()
    {
        Seconds(11, High);
        Reclaimed(High - Low);
        Second(High, rush: true);
        Assert.Equal(10, Seconds(20, High).IndexOf(true) + 1);
    }

    [Fact]
    public void Nothing_IsDone_WhenRssIsLow() => Assert.DoesNotContain(true, Seconds(60, Threshold - 1));

    [Fact]
    public void Nothing_IsDone_WhileAllocationsContinue()
    {
        foreach (var second in Enumerable.Range(0, 100))
            Assert.False(Second(High, rush: second % 9 == 0));
    }

    [Fact]
    public void QuietIsByTheSecond_WhenSamplesComeSlowly()
    {
        Second(High, rush: true);
        _now += TimeSpan.FromSeconds(19);
        _allocated += 10 * ReclaimRules.QuietBytesPerSecond;
        Assert.True(Second(High));
    }

    [Fact]
    public void NextTry_ComesLater_WhenTheLastOneFreedLittle()
    {
        Seconds(11, High);
        Reclaimed(1 << 20);
        Second(High, rush: true);
        var waited = Seconds(400, High).IndexOf(true) + 1;
        Assert.InRange(waited, 295, 305);
    }

    [Fact]
    public void WhatTheReclaimAllocatesItself_IsNoRush_WhenItIsDone()
    {
        Seconds(11, High);
        _allocated += 10L << 20;
        Reclaimed(High - Low);
        Assert.DoesNotContain(true, Seconds(60, High));
    }

    private List<bool> Seconds(int count, long resident) => [.. Enumerable.Range(0, count).Select(_ => Second(resident))];

    private bool Second(long resident, bool rush = false)
    {
        _now += TimeSpan.FromSeconds(1);
        _allocated += rush ? 5 * ReclaimRules.QuietBytesPerSecond : ReclaimRules.QuietBytesPerSecond / 10;
        return _rules.Observe(_now, resident, _allocated);
    }

    private void Reclaimed(long freed) => _rules.Reclaimed(_now, freed, _allocated);
}
