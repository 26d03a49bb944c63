using System.Runtime.InteropServices;
using Ingestion.Api.Stopping;

namespace Ingestion.Silo.Hosting;

/// <summary>
/// Turns signals into steps of the stop. The first one begins it; the second one ends the waiting for clients; the third one ends the process, as it does
/// without us.
/// </summary>
internal sealed partial class StopSignals(SiloStop stop, SiloEnd end, StopTimes times, ILogger<StopSignals> logger) : IHostLifetime, IDisposable
{
    private readonly List<PosixSignalRegistration> _registrations = [];
    private int _signals;

    public Task WaitForStartAsync(CancellationToken cancellationToken)
    {
        foreach (var signal in (PosixSignal[])[PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGQUIT])
            _registrations.Add(PosixSignalRegistration.Create(signal, OnSignal));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _registrations.ForEach(registration => registration.Dispose());

    private void OnSignal(PosixSignalContext context)
    {
        var count = Interlocked.Increment(ref _signals);
        context.Cancel = count <= 2;
        if (count == 1)
        {
            LogAnnounced(times.Unready.TotalSeconds, times.Drain.TotalSeconds);
            end.Request();
        }
        else if (count == 2)
        {
            LogHurried();
            stop.Hurry();
        }
    }

    [LoggerMessage(EventName = "SiloStopAnnounced", Level = LogLevel.Information,
        Message = "Not ready any more; requests are taken for {Unready} s, and may last {Drain} s longer")]
    private partial void LogAnnounced(double unready, double drain);

    [LoggerMessage(EventName = "SiloStopHurried", Level = LogLevel.Warning, Message = "A second signal: connections are cut off")]
    private partial void LogHurried();
}
