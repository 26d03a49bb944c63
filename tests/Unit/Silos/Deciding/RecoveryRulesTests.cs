using Ingestion.Grains.Silos.Deciding;
using Ingestion.Silos;

namespace Ingestion.Tests.Unit.Silos.Deciding;

public sealed class RecoveryRulesTests
{
    private readonly RecoveryRules _rules = new();

    [Fact]
    public void SiloRecovers_OnlyAfterPressure_AndOnceMemoryHasStoppedRising()
    {
        Assert.False(Observe(0, MemoryLevel.Elevated, 0.8, -1));
        Assert.False(Observe(1, MemoryLevel.High, 0.9, 1));
        Assert.True(Observe(2, MemoryLevel.High, 0.9, 0));
        Assert.False(Observe(3, MemoryLevel.Critical, 0.99, 1));
        Assert.True(Observe(30, MemoryLevel.Elevated, 0.75, -1));
        Assert.True(Observe(50, MemoryLevel.Green, 0.6, -1));
        Assert.False(Observe(51, MemoryLevel.Green, _rules.Target - 0.01, -1));
        // What the work behind the storm leaves goes too, until the storm is long ago.
        Assert.True(Observe(52, MemoryLevel.Green, 0.65, 0));
        Assert.False(Observe(60, MemoryLevel.Green, 0.5, 0));
        var over = 3 + RecoveryRules.Kept.TotalSeconds;
        Assert.True(Observe(over, MemoryLevel.Green, 0.65, 0));
        Assert.False(Observe(over + 1, MemoryLevel.Green, 0.65, 0));
    }

    [Fact]
    public void RecoveryEnds_WhenTheRestIsInUse()
    {
        Observe(0, MemoryLevel.High, 0.9, 0);
        Assert.True(Observe(10, MemoryLevel.Elevated, 0.7, 0));
        Assert.True(Observe(10 + RecoveryRules.Longest.TotalSeconds, MemoryLevel.Green, 0.65, 0));
        Assert.False(Observe(11 + RecoveryRules.Longest.TotalSeconds, MemoryLevel.Green, 0.65, 0));
        Assert.False(Observe(12 + RecoveryRules.Longest.TotalSeconds, MemoryLevel.Green, 0.65, 0));
    }

    /// <summary>The youngest generation takes 5 to 10 MiB again: in a small silo that is more of its budget.</summary>
    [Theory]
    [InlineData(4096, 0.58)]
    [InlineData(512, 0.58)]
    [InlineData(300, 0.5667)]
    [InlineData(10, 0)]
    public void SmallSilo_RecoversFurther(long mebibytes, double target)
    {
        _rules.Fit(mebibytes * (long)Readings.Mebibyte);
        Assert.Equal(target, _rules.Target, precision: 4);
    }

    private bool Observe(double seconds, MemoryLevel level, double share, double mebibytesPerSecond) =>
        _rules.Observe(TimeSpan.FromSeconds(seconds), level, share, mebibytesPerSecond * Readings.Mebibyte);
}
