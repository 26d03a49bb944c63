using Ingestion.Api.Uploads.Limits;

namespace Ingestion.Tests.Unit.Uploads.Limits;

/// <summary>The least rate: 1,000 bytes a second over ten seconds.</summary>
public sealed class ClientWatchTests
{
    private static readonly TimeSpan _second = TimeSpan.FromSeconds(1);

    private readonly ManualTime _time = new();
    private readonly ClientWatch _watch;

    public ClientWatchTests() => _watch = new ClientWatch(1000, 10 * _second, _time);

    [Theory]
    [InlineData(1000, null)]
    [InlineData(5000, null)]
    [InlineData(999, 10)]
    [InlineData(0, 10)]
    public void Client_IsTooSlow_WhenItWasForTheWholeWindow(int bytesPerSecond, int? afterSeconds) =>
        Assert.Equal(afterSeconds, SecondsUntilTooSlow(_ => bytesPerSecond, 100));

    [Fact]
    public void Client_IsTooSlow_AWindowAfterItStalledHoweverFastItWas() => Assert.Equal(15, SecondsUntilTooSlow(second => second <= 5 ? 100_000_000 : 0, 100));

    [Fact]
    public void Client_IsNotTooSlow_WhenItSendsInBurstsThatSuffice() => Assert.Null(SecondsUntilTooSlow(second => second % 9 == 0 ? 10_000 : 0, 1000));

    [Fact]
    public void Time_DoesNotCount_WhenTheClientIsNotWaitedFor()
    {
        _watch.BeginWait();
        _watch.Came(100);
        for (var i = 0; i < 100; i++)
        {
            _time.Advance(_second);
            Assert.False(_watch.IsTooSlow());
        }

        // Of what it is waited for now only this counts.
        Assert.Equal(10, SecondsUntilTooSlow(_ => 0, 100));
    }

    private int? SecondsUntilTooSlow(Func<int, int> bytesIn, int patience)
    {
        for (var second = 1; second <= patience; second++)
        {
            _watch.BeginWait();
            _time.Advance(_second);
            var bytes = bytesIn(second);
            if (bytes > 0)
            {
                _watch.Came(bytes);
                _watch.BeginWait();
            }

            if (_watch.IsTooSlow())
                return second;
            _watch.Came(0);
        }

        return null;
    }
}
