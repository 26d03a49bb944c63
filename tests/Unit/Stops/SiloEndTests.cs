using Ingestion.Api.Stopping;
using Ingestion.Silo.Hosting;

namespace Ingestion.Tests.Unit.Stops;

public sealed class SiloEndTests : IDisposable
{
    private static readonly StopTimes _times = new(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(10));

    private readonly ManualHost _host = new();
    private readonly SiloStop _stop;
    private readonly SiloEnd _end;

    public SiloEndTests()
    {
        _host.Start();
        _stop = new SiloStop(_times, _host, new ManualTime());
        _end = new SiloEnd(_stop, _times);
    }

    public void Dispose()
    {
        _stop.Dispose();
        _host.Dispose();
    }

    [Fact]
    public void SiloIsToBeStartedAgain_WhenItRecyclesItself()
    {
        Assert.True(_end.Begin());
        Assert.True(_stop.Announced.IsCancellationRequested);
        Assert.Equal(75, _end.ExitCode);
    }

    [Fact]
    public void SiloDoesNotRecycleItself_WhenItIsStopped()
    {
        Assert.True(_end.Request());
        Assert.False(_end.Begin());
        Assert.Equal(0, _end.ExitCode);
    }

    [Fact]
    public void SiloIsNotStartedAgain_WhenItIsStoppedWhileItRecyclesItself()
    {
        _end.Begin();
        Assert.False(_end.Request());
        Assert.Equal(0, _end.ExitCode);
    }

    [Fact]
    public void Longest_IsAllThatAStopMayTake() => Assert.Equal(TimeSpan.FromSeconds(5 + 10 + 5 + 20), _end.Longest);
}
