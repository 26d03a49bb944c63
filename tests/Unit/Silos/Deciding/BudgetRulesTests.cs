using Ingestion.Grains.Silos;
using Ingestion.Grains.Silos.Deciding;
using Ingestion.Grains.Silos.Sensing;

namespace Ingestion.Tests.Unit.Silos.Deciding;

public class BudgetRulesTests
{
    [Theory]
    [InlineData(500, 1000, 0, 500)]
    [InlineData(850, 1000, 0, 850)]
    [InlineData(851, 1000, 0, 850)]
    [InlineData(5000, 1000, 0, 850)]
    [InlineData(5000, 1000, 200, 680)]
    // A reserve that leaves nothing is a mistake that must not put the silo under pressure for ever.
    [InlineData(5000, 1000, 900, 425)]
    public void Budget_IsAtMostAPartOfWhatTheToolsLeave_WhenMoreIsConfigured(long configured, long limit, long reserve, long expected) =>
        Assert.Equal(expected, BudgetRules.Budget(configured, limit, reserve));

    [Fact]
    public void HighestMark_LiesBelowTheLimitOfTheKernel() => Assert.True(BudgetRules.Budget(long.MaxValue, 1000, 0) * 1.08 < 1000);

    [Theory]
    [InlineData(null, true, 256)]
    [InlineData(null, false, 0)]
    [InlineData(100, true, 100)]
    [InlineData(100, false, 100)]
    public void Reserve_IsForToolsOnly_UnlessItIsSet(int? configured, bool runsTools, long mebibytes) =>
        Assert.Equal(mebibytes << 20, new MemoryOptions { ToolReserveMebibytes = configured }.ToolReserveBytes(runsTools));

    [Theory]
    [InlineData(true, 1500)]
    [InlineData(false, 150)]
    public void WhatTheCgroupIsChargedWith_CountsWithoutPagesOfFiles_WhenNothingElseIsInIt(bool isOwn, long expected)
    {
        var reading = Readings.Of(TimeSpan.Zero, resident: 100, tools: 50) with
        {
            Cgroup = new CgroupReading(2, isOwn, 3000 * Readings.Mebibyte, 1000 * Readings.Mebibyte, 500 * Readings.Mebibyte, 4096 * Readings.Mebibyte, 0, 0),
        };
        Assert.Equal(expected * Readings.Mebibyte, BudgetRules.Tree(reading).UsedBytes);
    }
}
