using Ingestion.Api.Stopping;
using Ingestion.Silo.Hosting;

namespace Ingestion.Tests.Unit.Stops;

public sealed class SiloStopTests : IDisposable
{
    private static readonly StopTimes _times = new(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(10));

    private readonly ManualTime _time = new();
    private readonly ManualHost _host = new();

    public void Dispose() => _host.Dispose();

    [Fact]
    public void EachStepHasItsTime_WhenAStopIsAnnounced()
    {
        _host.Start();
        using var stop = new SiloStop(_times, _host, _time);

        stop.Announce();
        Assert.Equal("announced", StepOf(stop));
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal("stopping", StepOf(stop));
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal("cut", StepOf(stop));
        _time.Advance(StopTimes.Answers);
        Assert.Equal("over", StepOf(stop));
    }

    [Fact]
    public void NothingIsWaitedFor_WhenItIsHurried()
    {
        _host.Start();
        using var stop = new SiloStop(_times, _host, _time);
        stop.Announce();

        stop.Hurry();

        Assert.Equal("over", StepOf(stop));
    }

    [Fact]
    public void StopBeginsAtOnce_WhenTheSiloHasNotStartedYet()
    {
        using var stop = new SiloStop(_times, _host, _time);

        stop.Announce();

        Assert.Equal("stopping", StepOf(stop));
    }

    [Fact]
    public void ReadinessFalls_WhenTheHostStopsByItself()
    {
        _host.Start();
        using var stop = new SiloStop(_times, _host, _time);

        _host.StopApplication();

        Assert.Equal("stopping", StepOf(stop));
        _time.Advance(_times.Drain);
        Assert.Equal("cut", StepOf(stop));
    }

    [Theory]
    [InlineData("localhost", "api,worker", null, 0)]
    [InlineData("postgres", "api,worker", null, 5)]
    [InlineData("postgres", "worker", null, 0)]
    [InlineData("localhost", "api", 3, 3)]
    [InlineData("postgres", "api", 0, 0)]
    public void OnlyASiloWithOthersServesOnWhileItIsNotReady(string kind, string roles, int? set, int expected)
    {
        var settings = new SiloSettings { Roles = roles, Cluster = new ClusterSettings { Kind = kind } };

        Assert.Equal(TimeSpan.FromSeconds(expected), Stopping.TimesOf(settings, new StopSettings { UnreadySeconds = set }).Unready);
    }

    private string StepOf(SiloStop stop)
    {
        if (stop.Over.IsCancellationRequested)
            return "over";
        if (stop.Cut.IsCancellationRequested)
            return "cut";
        if (_host.ApplicationStopping.IsCancellationRequested)
            return "stopping";
        return stop.Announced.IsCancellationRequested ? "announced" : "serves";
    }
}
