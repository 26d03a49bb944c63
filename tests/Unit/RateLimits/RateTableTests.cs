using Ingestion.Api.RateLimits;

namespace Ingestion.Tests.Unit.RateLimits;

/// <summary>A rate for each key.</summary>
public sealed class RateTableTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public void BurstComesAtOnce_AndThenOneForEachPeriod()
    {
        var table = new RateTable(perSecond: 2, burst: 3, _time);
        Assert.Equal([2, 1, 0], Enumerable.Range(0, 3).Select(_ => table.Take("ann").Left));
        Assert.Equal(0.5, table.Take("ann").RetryAfter);
        Assert.Equal(TimeSpan.FromSeconds(0.5), table.Wait("ann"));

        _time.Advance(TimeSpan.FromSeconds(0.5));
        Assert.Null(table.Wait("ann"));
        Assert.Null(table.Take("ann").RetryAfter);
        Assert.NotNull(table.Take("ann").RetryAfter);

        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(2, table.Take("ann").Left);
    }

    [Fact]
    public void KeysAreCountedApart()
    {
        var table = new RateTable(1, 1, _time);
        Assert.Null(table.Take("ann").RetryAfter);
        Assert.NotNull(table.Take("ann").RetryAfter);
        Assert.Null(table.Take("bob").RetryAfter);
    }

    [Fact]
    public void ChargesNeverReachBelowNothing()
    {
        var table = new RateTable(1, 2, _time);
        for (var i = 0; i < 100; i++)
            table.Charge("ann");
        Assert.Equal(TimeSpan.FromSeconds(1), table.Wait("ann"));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(table.Wait("ann"));
    }

    [Fact]
    public void WhatIsGivenBackMayComeAgain()
    {
        var table = new RateTable(1, 2, _time);
        table.Take("ann");
        table.Take("ann");
        table.GiveBack("ann", 2);
        Assert.Equal(1, table.Take("ann").Left);
    }

    [Fact]
    public void MemoryDoesNotFollowTheKeys()
    {
        var table = new RateTable(1, 1, _time);
        table.Take("first");
        var before = GC.GetAllocatedBytesForCurrentThread();
        var keys = Enumerable.Range(0, 100_000).Select(i => $"2001:db8:{i:x}").ToArray();
        var made = GC.GetAllocatedBytesForCurrentThread();
        foreach (var key in keys)
            table.Take(key);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - made, 0, 1_000);
        Assert.True(made > before);
    }

    [Fact]
    public async Task NoMoreThanTheBurstComeThrough_WhenManyCallAtOnce()
    {
        var table = new RateTable(0.001, 50, _time);
        var taken = await Task.WhenAll(Enumerable.Range(0, 8)
            .Select(_ => Task.Run(() => Enumerable.Range(0, 100).Count(_ => table.Take("ann").RetryAfter is null))));
        Assert.Equal(50, taken.Sum());
    }
}
