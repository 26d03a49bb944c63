using System.Diagnostics.Metrics;

namespace Ingestion.Api.Reach;

/// <summary>Notices that calls of grains get no answer in time. By the counter that Orleans has for it: a filter would cost every call.</summary>
internal sealed class CallTimeouts : IDisposable
{
    private const string Meter = "Microsoft.Orleans";
    private const string Counter = "orleans-app-requests-timedout";

    private readonly SemaphoreSlim _noticed = new(0, 1);
    private readonly MeterListener _listener;

    public CallTimeouts()
    {
        _listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument is { Name: Counter, Meter.Name: Meter })
                    listener.EnableMeasurementEvents(instrument);
            },
        };
        _listener.SetMeasurementEventCallback<long>((_, _, _, _) => Notice());
        _listener.SetMeasurementEventCallback<int>((_, _, _, _) => Notice());
        _listener.Start();
    }

    /// <summary>Waits for the next one since the last wait, or until the time is over.</summary>
    public Task WaitAsync(TimeSpan longest, CancellationToken cancellationToken) => _noticed.WaitAsync(longest, cancellationToken);

    public void Notice()
    {
        try
        {
            _noticed.Release();
        }
        catch (SemaphoreFullException)
        {
            // It is known already.
        }
    }

    public void Dispose()
    {
        _listener.Dispose();
        _noticed.Dispose();
    }
}
