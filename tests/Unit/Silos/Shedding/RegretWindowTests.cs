using Ingestion.Grains.Silos.Shedding;
using Ingestion.Tests.Unit.Infrastructure;

namespace Ingestion.Tests.Unit.Silos.Shedding;

public class RegretWindowTests
{
    private const int Window = ShedRules.RegretSeconds;
    private const int Shed = 100;

    private readonly RegretWindow _window = new();

    [Fact]
    public void Regret_IsTheShareOfThoseShedInTheLastMinuteThatAreBack()
    {
        Add(Shed, now: 5);
        Assert.True(_window.IsReturn(Id(0), now: 6));
        Assert.True(_window.IsReturn(Id(1), now: 5 + Window - 1));
        Assert.Equal(2.0 / Shed, _window.Share(5 + Window - 1));
    }

    [Fact]
    public void GrainIsNoRegret_WhenItIsBackAfterAMinute()
    {
        Add(Shed, now: 5);
        Assert.False(_window.IsReturn(Id(0), now: 5 + Window));
        Assert.Equal(0, _window.Share(5 + Window));
    }

    [Fact]
    public void GrainIsNoRegret_WhenItWasNotShed()
    {
        Add(Shed, now: 5);
        Assert.False(_window.IsReturn(Id(Shed), now: 6));
    }

    [Fact]
    public void GrainIsOneRegret_WhenItIsActivatedTwice()
    {
        Add(Shed, now: 5);
        Assert.True(_window.IsReturn(Id(0), now: 6));
        Assert.False(_window.IsReturn(Id(0), now: 6));
        Assert.Equal(1.0 / Shed, _window.Share(6));
    }

    [Fact]
    public void Regret_IsThatOfWhatIsWatched_WhenMoreAreShedThanAreWatched()
    {
        const int TooMany = 300_000;
        Add(TooMany, now: 5);
        Assert.Equal(0, _window.Share(5));
        var back = Enumerable.Range(0, TooMany).Count(i => _window.IsReturn(Id(i), now: 30));
        Assert.InRange(back, 60_000, 65_536);
        Assert.Equal(1, _window.Share(30));
        Assert.Equal(0, _window.Share(5 + Window));
    }

    [Fact]
    public void Regret_IsWhatALedgerSays_InAnyHistory() => Histories.Check(200, random =>
    {
        var (window, ledger, now) = (new RegretWindow(), new List<(int Grain, int At, bool Back)>(), random.Next(1 << 25));
        for (var step = 0; step < 500; step++)
        {
            now += random.Next(20) == 0 ? random.Next(100) : random.Next(3);
            var grain = random.Next(50);
            var open = ledger.FindIndex(shed => shed.Grain == grain && !shed.Back && now - shed.At < Window);
            if (random.Next(3) == 0)
            {
                Assert.Equal(open >= 0, window.IsReturn(Id(grain), now));
                if (open >= 0)
                    ledger[open] = ledger[open] with { Back = true };
            }
            else
            {
                window.Add(Id(grain), now);
                // Shed again although it was not seen to come back: it was in another silo in between, and counts once.
                if (open >= 0)
                    ledger.RemoveAt(open);
                ledger.Add((grain, now, false));
            }

            var last = ledger.Where(shed => now - shed.At < Window).ToArray();
            Assert.Equal(last.Length == 0 ? 0 : last.Count(shed => shed.Back) / (double)last.Length, window.Share(now), precision: 12);
        }
    });

    private void Add(int count, int now)
    {
        foreach (var grain in Enumerable.Range(0, count))
            _window.Add(Id(grain), now);
    }

    private static ulong Id(int grain) => (ulong)(grain + 1) * 0x9E37_79B9_7F4A_7C15;
}
