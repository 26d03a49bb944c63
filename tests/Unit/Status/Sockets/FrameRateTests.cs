using Ingestion.Api.Status.Sockets;

namespace Ingestion.Tests.Unit.Status.Sockets;

/// <summary>How fast a client may send.</summary>
public sealed class FrameRateTests
{
    private const long Second = 1000;
    private const int Window = 10;

    [Fact]
    public void WindowMayComeAtOnce_AndTwoASecondAfterIt()
    {
        var rate = default(FrameRate);
        for (var i = 0; i < Window; i++)
            Assert.True(rate.Take(0, Second, Window));
        Assert.False(rate.Take(0, Second, Window));
        rate.GiveBack(Second);
        Assert.False(rate.Take(Second / 2 - 1, Second, Window));
        rate.GiveBack(Second);
        Assert.True(rate.Take(Second / 2, Second, Window));
        // A quiet client has the whole window again, and no more.
        for (var i = 0; i < Window; i++)
            Assert.True(rate.Take(100 * Second, Second, Window));
        Assert.False(rate.Take(100 * Second, Second, Window));
    }

    [Fact]
    public void FrameThatIsGivenBack_CostsNothing()
    {
        var rate = default(FrameRate);
        for (var i = 0; i < 10 * Window; i++)
        {
            Assert.True(rate.Take(0, Second, Window));
            rate.GiveBack(Second);
        }
    }
}
