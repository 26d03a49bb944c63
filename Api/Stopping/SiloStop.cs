using Microsoft.Extensions.Hosting;

namespace Ingestion.Api.Stopping;

/// <summary>
/// The steps in which this silo stops. Each is a token, and they fire in this order: <see cref="Announced"/>, the host's ApplicationStopping,
/// <see cref="Cut"/>, <see cref="Over"/>. The grains leave after the last request: the host stops Orleans behind the web server.
/// </summary>
public sealed class SiloStop : IDisposable
{
    private readonly StopTimes _times;
    private readonly IHostApplicationLifetime _host;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _announced = new();
    private readonly CancellationTokenSource _cut = new();
    private readonly CancellationTokenSource _over = new();
    private readonly List<ITimer> _timers = [];
    private readonly Lock _gate = new();

    public SiloStop(StopTimes times, IHostApplicationLifetime host, TimeProvider time)
    {
        (_times, _host, _time) = (times, host, time);
        host.ApplicationStopping.Register(Drain);
    }

    /// <summary>The silo is not ready any more, and takes no more jobs. It still takes requests: balancers need a moment to notice.</summary>
    public CancellationToken Announced => _announced.Token;

    /// <summary>What still runs is interrupted: its client is answered that it is to repeat it.</summary>
    public CancellationToken Cut => _cut.Token;

    /// <summary>What is connected still is cut off.</summary>
    public CancellationToken Over => _over.Token;

    /// <summary>Begins the stop. A silo that has not started yet stops at once: no balancer sends to it.</summary>
    public void Announce()
    {
        _announced.Cancel();
        if (_times.Unready > TimeSpan.Zero && _host.ApplicationStarted.IsCancellationRequested)
            After(_times.Unready, _host.StopApplication);
        else
            _host.StopApplication();
    }

    /// <summary>Waits for nothing any more.</summary>
    public void Hurry()
    {
        _host.StopApplication();
        try
        {
            _cut.Cancel();
        }
        finally
        {
            // Whatever a request makes of its end.
            _over.Cancel();
        }
    }

    public void Dispose()
    {
        lock (_gate)
            _timers.ForEach(timer => timer.Dispose());
        _announced.Dispose();
        _cut.Dispose();
        _over.Dispose();
    }

    private void Drain()
    {
        _announced.Cancel();
        After(_times.Drain, _cut.Cancel);
        After(_times.Drain + StopTimes.Answers, _over.Cancel);
    }

    private static void Run(Action action)
    {
        try
        {
            action();
        }
        catch (ObjectDisposedException)
        {
            // The silo has gone already.
        }
    }

    private void After(TimeSpan delay, Action action)
    {
        lock (_gate)
            _timers.Add(_time.CreateTimer(static action => Run((Action)action!), action, delay, Timeout.InfiniteTimeSpan));
    }
}
