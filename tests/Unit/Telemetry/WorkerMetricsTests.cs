using System.Diagnostics.Metrics;
using Ingestion.Silo.Worker;
using Ingestion.Videos;
using Microsoft.Extensions.DependencyInjection;

namespace Ingestion.Tests.Unit.Telemetry;

/// <summary>How old the oldest job is.</summary>
public sealed class WorkerMetricsTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly MeterListener _listener = new();
    private readonly ManualTime _time = new();
    private readonly WorkerMetrics _metrics;
    private double _age;

    public WorkerMetricsTests()
    {
        var meters = _services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == "ingestion.job.oldest.age" && instrument.Meter.Scope == meters)
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<double>((_, seconds, _, _) => _age = seconds);
        _listener.Start();
        _metrics = new WorkerMetrics(meters, _time);
    }

    public void Dispose()
    {
        _listener.Dispose();
        _services.Dispose();
    }

    [Fact]
    public void OldestAge_IsZero_WithoutJobs()
    {
        _metrics.QueueRead(0, oldest: null);
        Assert.Equal(0, Age());
    }

    [Fact]
    public void OldestAge_Grows_UntilTheQueueIsReadAgain()
    {
        _metrics.QueueRead(2, _time.GetUtcNow());
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(30, Age());
        _metrics.QueueRead(1, _time.GetUtcNow() - TimeSpan.FromSeconds(10));
        Assert.Equal(10, Age());
    }

    [Fact]
    public void OldestAge_IsOfTheJobsInHand_WhenTheQueueDoesNotKnow()
    {
        var (first, second) = (Job("a"), Job("b"));
        _metrics.Received(first);
        _time.Advance(TimeSpan.FromSeconds(20));
        _metrics.Received(second with { EnqueuedAt = _time.GetUtcNow() });
        _metrics.QueueRead(2, oldest: null);
        Assert.Equal(20, Age());
        _metrics.Released(first);
        Assert.Equal(0, Age());
    }

    private ReceivedJob Job(string receipt) => new(new VideoJob("v"), receipt, 1) { EnqueuedAt = _time.GetUtcNow() };

    private double Age()
    {
        _listener.RecordObservableInstruments();
        return _age;
    }
}
