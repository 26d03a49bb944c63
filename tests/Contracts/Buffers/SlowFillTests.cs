using Ingestion.Backends.Buffers;
using Xunit;

namespace Ingestion.Tests.Contracts.Buffers;

public sealed class SlowFillTests
{
    [Theory]
    [InlineData(1.9, 0, false)]
    [InlineData(2, 0, true)]
    [InlineData(2, 2, true)]
    [InlineData(2, 4, false)]
    [InlineData(7.9, 6, false)]
    [InlineData(8, 7, true)]
    public void Part_IsSlow_WhenItsRestWouldTakeTooLong(double age, long filled, bool slow) =>
        Assert.Equal(slow, SlowFill.IsSlow(TimeSpan.FromSeconds(age), filled, size: 8));

    [Fact]
    public void Client_IsNotSlow_BeforeItWasWaitedFor()
    {
        var time = new ManualTime();
        var pace = new ClientPace(time);
        Assert.False(pace.IsKnown);
        time.Advance(TimeSpan.FromMilliseconds(200));
        pace.Came(1);
        Assert.True(pace.IsKnown);
        Assert.False(pace.IsSlowFor(1_000_000, TimeSpan.FromSeconds(4)));
        // What we take is not its time.
        time.Advance(TimeSpan.FromHours(1));
        pace.Ready();
        pace.Came(1);
        Assert.False(pace.IsSlowFor(1_000_000, TimeSpan.FromSeconds(4)));
    }

    [Fact]
    public void Client_IsSlow_ByWhatItSentInTheTimeItHad()
    {
        var time = new ManualTime();
        var pace = new ClientPace(time);
        time.Advance(TimeSpan.FromSeconds(1));
        pace.Came(100);
        Assert.False(pace.IsSlowFor(400, TimeSpan.FromSeconds(4)));
        Assert.True(pace.IsSlowFor(401, TimeSpan.FromSeconds(4)));
        // It got faster: what was before counts less with each part.
        pace.Age();
        pace.Ready();
        pace.Came(500);
        Assert.False(pace.IsSlowFor(4000, TimeSpan.FromSeconds(4)));
    }
}
