using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Ingestion.Tests.Unit.Telemetry;

/// <summary>What the silo relies on from OpenTelemetry.Extensions.Hosting, or from what stands in for it.</summary>
public sealed class ProviderStartTests
{
    [Fact]
    public async Task Spans_ReachTheProcessor_OnceTheHostHasStarted()
    {
        using var source = new ActivitySource("tests." + Guid.NewGuid());
        var ended = new Collector();
        using var host = Build(otel => otel.WithTracing(traces => traces.AddSource(source.Name).AddProcessor(ended)));
        Assert.Null(source.StartActivity("before the start"));
        await host.StartAsync();
        source.StartActivity("after the start")?.Dispose();
        await host.StopAsync();
        Assert.Equal(["after the start"], ended.Names);
        Assert.Contains(ended.Resource!.Attributes, attribute => attribute is { Key: "service.name", Value: "ingestion-test" });
    }

    [Fact]
    public async Task Metrics_AreRead_OnceTheHostHasStarted()
    {
        using var meter = new Meter("tests." + Guid.NewGuid());
        var exporter = new Exporter();
        using var reader = new BaseExportingMetricReader(exporter);
        using var host = Build(otel => otel.WithMetrics(metrics => metrics.AddMeter(meter.Name).AddReader(reader)));
        await host.StartAsync();
        meter.CreateCounter<long>("things_total").Add(3);
        reader.Collect();
        Assert.Contains("things_total", exporter.Names);
        await host.StopAsync();
    }

    private static IHost Build(Action<OpenTelemetryBuilder> configure)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        configure(builder.Services.AddOpenTelemetry().ConfigureResource(resource => resource.AddService("ingestion-test")));
        return builder.Build();
    }

    private sealed class Collector : BaseProcessor<Activity>
    {
        public List<string> Names { get; } = [];

        public Resource? Resource { get; private set; }

        public override void OnEnd(Activity data)
        {
            Names.Add(data.DisplayName);
            Resource = ParentProvider.GetResource();
        }
    }

    private sealed class Exporter : BaseExporter<Metric>
    {
        public List<string> Names { get; } = [];

        public override ExportResult Export(in Batch<Metric> batch)
        {
            foreach (var metric in batch)
                Names.Add(metric.Name);
            return ExportResult.Success;
        }
    }
}
