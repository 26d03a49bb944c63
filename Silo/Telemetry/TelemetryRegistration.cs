using System.Runtime.CompilerServices;
using Ingestion.Silo.Hosting;
using Ingestion.Silos.Evidence;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Ingestion.Silo.Telemetry;

/// <summary>Metrics at <c>/metrics</c>, always; metrics and traces by OTLP when the standard variable OTEL_EXPORTER_OTLP_ENDPOINT names an endpoint.</summary>
internal static class TelemetryRegistration
{
    private const string ScrapePath = "/metrics";

    private static readonly HttpMethodMetadata _methods = new([HttpMethods.Get, HttpMethods.Head]);

    public static void AddTelemetry(this WebApplicationBuilder builder, SiloSettings settings)
    {
        var push = !string.IsNullOrEmpty(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]);
        builder.Services.AddSingleton<BuildMetrics>();
        var telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddSilo(settings, builder.Environment))
            .WithMetrics(AddMetrics);
        if (settings.Cluster.IsPostgres)
            builder.Services.AddSingleton<DatabasePoolMetrics>().ConfigureOpenTelemetryMeterProvider(
                metrics => metrics.AddInstrumentation(services => services.GetRequiredService<DatabasePoolMetrics>()));
        // In a method of its own: what it needs is not even loaded where nothing is pushed.
        if (push)
            Push(telemetry);
    }

    /// <summary>For Prometheus, and the memory in detail as JSON. They need no token and name no user: keep it from the outside where that matters (docs/operate/metrics.md).</summary>
    public static void MapMetrics(this WebApplication app)
    {
        app.MapPrometheusScrapingEndpoint(ScrapePath).WithMetadata(_methods).AllowAnonymous().DisableHttpMetrics();
        app.MapMethods($"{ScrapePath}/memory", _methods.HttpMethods, static (IMemoryDetail memory) => TypedResults.Bytes(memory.ReadJson(), "application/json"))
            .AllowAnonymous().DisableHttpMetrics().ExcludeFromDescription();
    }

    // Metrics of HTTP come from the framework's own meters; the instrumentation packages are needed for traces only.
    private static void AddMetrics(MeterProviderBuilder metrics) => metrics
        .AddMeter("Ingestion", "Microsoft.Orleans", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Net.Http")
        .AddRuntimeInstrumentation()
        .AddProcessInstrumentation()
        .AddInstrumentation(services => services.GetRequiredService<BuildMetrics>())
        .AddView(MetricStreams.Of)
        .AddPrometheusExporter(prometheus => prometheus.ScopeInfoEnabled = false);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Push(OpenTelemetryBuilder telemetry) => telemetry.WithMetrics(metrics => metrics.AddOtlpExporter()).WithTracing(AddTraces);

    // The source Microsoft.Orleans.Runtime is left out: its timers and stream polls are 63 spans a second in an idle silo.
    private static void AddTraces(TracerProviderBuilder traces) => traces
        .AddSource("Microsoft.Orleans.Application")
        .AddAspNetCoreInstrumentation(http => http.Filter = context => !IsProbe(context.Request.Path))
        .AddHttpClientInstrumentation()
        .AddOtlpExporter();

    private static bool IsProbe(PathString path) =>
        path.StartsWithSegments(ScrapePath) || path.StartsWithSegments("/health") || path.StartsWithSegments("/healthz");
}
