using Ingestion.Grains.Silos;
using Ingestion.Grains.Silos.Deciding;
using Ingestion.Silos;
using Ingestion.Silos.Recycling;
using Ingestion.Tests.Unit.Infrastructure;

namespace Ingestion.Tests.Unit.Silos.Deciding;

/// <summary>When a silo is to restart itself, in virtual time.</summary>
public sealed class RecycleRulesTests
{
    private static readonly TimeSpan _second = TimeSpan.FromSeconds(1);

    [Fact]
    public void SiloRunsForever_WhenNothingIsSet()
    {
        var rules = new RecycleRules(RecycleLimits.Of(requests: 0, hours: 0, chance: 0.5));
        Assert.Null(rules.Observe(TimeSpan.FromDays(1000), long.MaxValue, isAbove: false, isOrdered: false));
    }

    [Theory]
    [InlineData(999, null)]
    [InlineData(1000, RecycleReason.Requests)]
    public void Requests_CountFromTheirLimitOn(long requests, RecycleReason? reason) =>
        Assert.Equal(reason, new RecycleRules(new RecycleLimits(1000, default)).Observe(
            RecycleRules.LeastUptime, requests, isAbove: false, isOrdered: false));

    [Fact]
    public void Requests_DoNotCount_WhenTheSiloHasJustStarted()
    {
        var rules = new RecycleRules(new RecycleLimits(1, default));
        Assert.Null(rules.Observe(RecycleRules.LeastUptime - _second, requests: 5, isAbove: false, isOrdered: false));
    }

    [Fact]
    public void Age_CountsFromItsLimitOn()
    {
        var rules = new RecycleRules(new RecycleLimits(0, TimeSpan.FromHours(2)));
        Assert.Null(rules.Observe(TimeSpan.FromHours(2) - _second, requests: 5, isAbove: false, isOrdered: false));
        Assert.Equal(RecycleReason.Age, rules.Observe(TimeSpan.FromHours(2), requests: 5, isAbove: false, isOrdered: false));
    }

    [Fact]
    public void Emergency_CountsAfterItsDwell_AndNotInAYoungSilo()
    {
        var rules = new RecycleRules(default);
        for (var uptime = TimeSpan.Zero; uptime < RecycleRules.LeastUptimeForMemory; uptime += _second)
            Assert.Null(rules.Observe(uptime, 0, isAbove: true, isOrdered: false));
        Assert.Equal(RecycleReason.Memory, rules.Observe(RecycleRules.LeastUptimeForMemory, 0, isAbove: true, isOrdered: false));

        Assert.Null(rules.Observe(RecycleRules.LeastUptimeForMemory + _second, 0, isAbove: false, isOrdered: false));
        var entered = TimeSpan.FromHours(1);
        Assert.Null(rules.Observe(entered, 0, isAbove: true, isOrdered: false));
        Assert.Null(rules.Observe(entered + RecycleRules.Dwell - _second, 0, isAbove: true, isOrdered: false));
        Assert.Equal(RecycleReason.Memory, rules.Observe(entered + RecycleRules.Dwell, 0, isAbove: true, isOrdered: false));
    }

    /// <summary>The level outlasts its reason: a silo at 72 % of its budget recycled itself.</summary>
    [Theory]
    [InlineData(MemoryLevel.Emergency, 0.72, false)]
    [InlineData(MemoryLevel.Emergency, 0.98, true)]
    [InlineData(MemoryLevel.Critical, 1.05, false)]
    public void Emergency_IsWhatIsAboveTheMarkNow(MemoryLevel level, double share, bool isEmergency) =>
        Assert.Equal(isEmergency, new GovernorSight(default, default, 1, level, MemoryCause.None, 0, share).IsEmergency);

    [Fact]
    public void Operator_WaitsForNothing() =>
        Assert.Equal(RecycleReason.Operator, new RecycleRules(default).Observe(TimeSpan.Zero, 0, isAbove: false, isOrdered: true));

    [Fact]
    public void Limits_AreLaterByUpToATenth_AndNeverEarlier() => Histories.Check(500, random =>
    {
        var (requests, hours) = (random.NextInt64(1, 1_000_000_000_000), random.Next(1, 10_000));
        var limits = RecycleLimits.Of(requests, hours, random.NextDouble());
        Assert.InRange(limits.Requests, requests, requests + (requests / 10) + 1);
        Assert.InRange(limits.Age, TimeSpan.FromHours(hours), TimeSpan.FromHours(hours * 1.1) + _second);
    });

    [Fact]
    public void SiloNeverGoesBeforeItsLeastUptime_AndAlwaysGoesAtLast_WhateverHappens() => Histories.Check(300, random =>
    {
        var limits = new RecycleLimits(random.Next(3) == 0 ? 0 : random.Next(1, 5000), TimeSpan.FromMinutes(random.Next(1, 300)));
        var rules = new RecycleRules(limits);
        var (uptime, requests, isAbove, calm) = (TimeSpan.Zero, 0L, false, TimeSpan.Zero);
        RecycleReason? reason = null;
        while (reason is null)
        {
            uptime += _second;
            requests += random.Next(10);
            if (random.Next(20) == 0)
                isAbove = random.Next(5) == 0;
            calm = isAbove ? calm : uptime;
            reason = rules.Observe(uptime, requests, isAbove, isOrdered: false);
            Assert.True(uptime <= limits.Age + _second, "It is too old.");
        }

        Assert.True(uptime >= RecycleRules.LeastUptime);
        if (reason is RecycleReason.Memory)
            Assert.True(uptime >= RecycleRules.LeastUptimeForMemory && uptime - calm >= RecycleRules.Dwell, "It was no lasting emergency.");
        else
            Assert.True(reason is RecycleReason.Requests ? limits.Requests > 0 && requests >= limits.Requests : uptime >= limits.Age);
    });
}
