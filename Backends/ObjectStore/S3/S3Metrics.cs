using System.Diagnostics.Metrics;

namespace Ingestion.Backends.ObjectStore.S3;

/// <summary>Metrics of the object store. Names and units: docs/operate/metrics.md.</summary>
internal sealed class S3Metrics
{
    // A HEAD on a near store takes a millisecond; a request that is retried may take the two minutes of RetrySeconds.
    private static readonly InstrumentAdvice<double> _buckets =
        new() { HistogramBucketBoundaries = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 30, 120] };

    private readonly Histogram<double> _requests;
    private readonly Counter<long> _retries;
    private S3Window? _window;
    private S3Outage? _outage;

    public S3Metrics(IMeterFactory meters)
    {
        var meter = meters.Create("Ingestion");
        _requests = meter.CreateHistogram("ingestion.store.request.duration", "s", "Requests that succeeded, their retries and pauses included.", tags: null,
            _buckets);
        _retries = meter.CreateCounter<long>("ingestion.store.request.retried", "{request}", "Requests to the object store that failed and were sent again.");
        meter.CreateObservableGauge("ingestion.store.window.limit", () => Of(window => window.Size), "{request}", "Bodies that may go to the store at once.");
        meter.CreateObservableGauge("ingestion.store.window.waiting", () => Of(window => window.Waiting), "{request}", "Bodies that wait for their turn.");
        meter.CreateObservableGauge("ingestion.store.outage.age", OutageAge, "s", "For how long the object store can't be used; 0 while it can.");
    }

    /// <summary>The operations are a fixed set of phrases.</summary>
    public void Succeeded(string operation, TimeSpan duration) => _requests.Record(duration.TotalSeconds, Operation(operation));

    public void Retried(string operation) => _retries.Add(1, Operation(operation));

    /// <summary>The window of the silo's store, once there is one.</summary>
    public void Watch(S3Window window) => _window = window;

    /// <summary>What is known of outages of the silo's store.</summary>
    public void Watch(S3Outage outage) => _outage = outage;

    private IEnumerable<Measurement<int>> Of(Func<S3Window, int> figure) => _window is { } window ? [new Measurement<int>(figure(window))] : [];

    private IEnumerable<Measurement<double>> OutageAge() => _outage is { } outage ? [new Measurement<double>(outage.Age.TotalSeconds)] : [];

    private static KeyValuePair<string, object?> Operation(string operation) => new("ingestion.store.operation", operation);
}
