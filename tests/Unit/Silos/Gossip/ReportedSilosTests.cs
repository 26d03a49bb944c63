using System.Net;
using Ingestion.Grains.Silos.Gossip;
using Ingestion.Silos;
using Microsoft.Extensions.Time.Testing;

namespace Ingestion.Tests.Unit.Silos.Gossip;

public class ReportedSilosTests
{
    private static readonly SiloAddress _one = SiloAddress.New(IPAddress.Loopback, 1, 1);
    private static readonly SiloAddress _two = SiloAddress.New(IPAddress.Loopback, 2, 1);

    private readonly FakeTimeProvider _time = new();
    private readonly ReportedSilos _reported;

    public ReportedSilosTests() => _reported = new ReportedSilos(_time);

    [Fact]
    public void NewestFigures_Count_WhenReportsOvertakeEachOther()
    {
        _reported.Add(Figures(_one, at: 2, MemoryLevel.High));
        _reported.Add(Figures(_one, at: 1, MemoryLevel.Green));
        Assert.Equal(MemoryLevel.High, _reported.Find(_one)?.Level);
        _reported.Add(Figures(_one, at: 3, MemoryLevel.Elevated));
        Assert.Equal(MemoryLevel.Elevated, _reported.Find(_one)?.Level);
    }

    [Fact]
    public void NothingIsKnown_OfASiloThatWasSilentForFiveSeconds()
    {
        _reported.Add(Figures(_one, at: 1, MemoryLevel.High));
        _time.Advance(ReportedSilos.Stale);
        Assert.NotNull(_reported.Find(_one));
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Null(_reported.Find(_one));
        Assert.Equal(0, _reported.Count(MemoryLevel.High));
        // It was frozen, and is back.
        _reported.Add(Figures(_one, at: 2, MemoryLevel.High));
        Assert.NotNull(_reported.Find(_one));
        Assert.Equal(1, _reported.Count(MemoryLevel.High));
    }

    [Fact]
    public void Silos_AreForgotten_WhenTheyHaveLeft()
    {
        _reported.Add(Figures(_one, at: 1, MemoryLevel.Green));
        _reported.Add(Figures(_two, at: 1, MemoryLevel.Green));
        _reported.Keep(_two.Equals);
        Assert.Null(_reported.Find(_one));
        Assert.NotNull(_reported.Find(_two));
    }

    private static SiloFigures Figures(SiloAddress silo, int at, MemoryLevel level) => new(silo, TimeSpan.FromSeconds(at), level, 100, 200, Sockets: 3);
}
