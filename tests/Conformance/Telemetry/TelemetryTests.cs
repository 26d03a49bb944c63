using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Ingestion.Tests.Conformance.Activation;
using Ingestion.Tests.Conformance.Infrastructure;
using Xunit;

namespace Ingestion.Tests.Conformance.Telemetry;

/// <summary>What the project exports: spans of grain calls, and how many activations there are.</summary>
[Collection(SharedCluster.Name)]
public sealed class TelemetryTests(SharedCluster cluster)
{
    [Fact]
    public async Task CallMakesAClientSpanAndAServerSpanOfTheCallersTrace()
    {
        using var trace = new Activity("test").SetIdFormat(ActivityIdFormat.W3C).Start();
        var spans = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Microsoft.Orleans.Application",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span => { if (span.TraceId == trace.TraceId) spans.Enqueue(span); },
        };
        ActivitySource.AddActivityListener(listener);

        await cluster.Client.GetGrain<IActivationGrain>(Keys.New()).IdAsync();
        await Eventually.TrueAsync(() => spans.Count >= 2, "both spans end");

        var sent = Assert.Single(spans, span => span.Kind == ActivityKind.Client);
        var served = Assert.Single(spans, span => span.Kind == ActivityKind.Server);
        Assert.Equal(trace.SpanId, sent.ParentSpanId);
        Assert.Equal(sent.SpanId, served.ParentSpanId);
        Assert.All(spans, span => Assert.Equal("IActivationGrain/IdAsync", span.OperationName));
    }

    [Fact]
    public async Task SpanSaysError_WhenTheCallFails()
    {
        using var trace = new Activity("test").SetIdFormat(ActivityIdFormat.W3C).Start();
        var spans = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Microsoft.Orleans.Application",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span => { if (span.TraceId == trace.TraceId) spans.Enqueue(span); },
        };
        ActivitySource.AddActivityListener(listener);

        await Assert.ThrowsAsync<InvalidOperationException>(() => cluster.Client.GetGrain<Calls.ICallGrain>(Keys.New()).FailAsync("state"));
        await Eventually.TrueAsync(() => spans.Count >= 2, "both spans end");

        Assert.All(spans, span => Assert.Equal(ActivityStatusCode.Error, span.Status));
    }

    [Fact]
    public async Task MeterCountsActivations()
    {
        var activations = 0L;
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, l) =>
            {
                if (instrument is { Meter.Name: "Microsoft.Orleans", Name: "orleans-catalog-activations" }) l.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<int>((_, value, _, _) => Interlocked.Add(ref activations, value));
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => Interlocked.Add(ref activations, value));
        listener.Start();
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => cluster.Client.GetGrain<IActivationGrain>(Keys.New()).IdAsync()));

        listener.RecordObservableInstruments();
        Assert.True(Interlocked.Read(ref activations) >= 20, $"{activations} activations");
    }
}
