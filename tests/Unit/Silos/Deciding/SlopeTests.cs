using Ingestion.Grains.Silos.Deciding;

namespace Ingestion.Tests.Unit.Silos.Deciding;

public class SlopeTests
{
    private const double Tolerance = 0.001;

    private readonly Slope _slope = new();

    [Fact]
    public void Slope_IsThatOfTheLine_WhateverTheStart()
    {
        Feed(0, 10, second => 1_000_000_000 + (1000 * second));
        Assert.Equal(1000, _slope.BytesPerSecond, Tolerance);
        Assert.Equal(5, _slope.Until(5000)!.Value.TotalSeconds, Tolerance);
    }

    [Fact]
    public void Slope_ForgetsWhatIsOlderThanTenSeconds()
    {
        Feed(0, 60, second => 5000 * second);
        Feed(60, 70.25, _ => 300_000);
        Assert.Equal(0, _slope.BytesPerSecond, Tolerance);
    }

    [Fact]
    public void Slope_IsZero_UntilThereIsATrend()
    {
        Feed(0, 1.75, second => 1_000_000 * second);
        Assert.Equal(0, _slope.BytesPerSecond);
    }

    [Fact]
    public void LimitIsNeverReached_WhenMemoryFalls()
    {
        Feed(0, 10, second => 100_000 - (1000 * second));
        Assert.Equal(-1000, _slope.BytesPerSecond, Tolerance);
        Assert.Null(_slope.Until(1));
    }

    private void Feed(double from, double to, Func<double, double> bytes)
    {
        for (var second = from; second <= to; second += 0.25)
            _slope.Add(TimeSpan.FromSeconds(second), (long)bytes(second));
    }
}
