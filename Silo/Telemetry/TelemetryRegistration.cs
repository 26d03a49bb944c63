using System.Runtime.CompilerServices;
using Ingestion.Silo.Hosting;
using Ingestion.Silos.Evidence;
using Ingestion.Telemetry;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Ingestion.Silo.Telemetry;

/// <summary>
/// Metrics at <c>/metrics</c>, always; metrics, traces and logs by OTLP when the standard variable OTEL_EXPORTER_OTLP_ENDPOINT names an endpoint, each but
/// where its OTEL_…_EXPORTER is <c>none</c>.
/// </summary>
internal static class TelemetryRegistration
{
    private const string ScrapePath = "/metrics";

    private static readonly HttpMethodMetadata _methods = new([HttpMethods.Get, HttpMethods.Head]);

    public static void AddTelemetry(this WebApplicationBuilder builder, SiloSettings settings)
    {
        builder.Services.AddSingleton<BuildMetrics>();
        builder.Services.AddSingleton(services => ActivatorUtilities.CreateInstance<DiskMetrics>(services, settings));
        var telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddSilo(settings, builder.Environment))
            .WithMetrics(AddMetrics);
        if (settings.Cluster.IsPostgres)
            builder.Services.AddSingleton<DatabasePoolMetrics>().ConfigureOpenTelemetryMeterProvider(
                metrics => metrics.AddInstrumentation(services => services.GetRequiredService<DatabasePoolMetrics>()));
        // In a method of its own: what it needs is not even loaded where nothing is pushed.
        if (!string.IsNullOrEmpty(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]))
            Push(telemetry, builder.Configuration);
    }

    /// <summary>For Prometheus, and the memory in detail as JSON. They need no token and name no user: keep it from the outside where that matters (docs/operate/metrics.md).</summary>
    public static void MapMetrics(this WebApplication app)
    {
        app.MapPrometheusScrapingEndpoint(ScrapePath).WithMetadata(_methods).AllowAnonymous().DisableHttpMetrics();
        app.MapMethods($"{ScrapePath}/memory", _methods.HttpMethods, static (IMemoryDetail memory) => TypedResults.Bytes(memory.ReadJson(), "application/json"))
            .AllowAnonymous().DisableHttpMetrics().ExcludeFromDescription();
    }

    public static bool IsScrape(PathString path) => path.StartsWithSegments(ScrapePath);

    public static bool IsHealth(PathString path) => path.StartsWithSegments("/health") || path.StartsWithSegments("/healthz");

    // Metrics of HTTP come from the framework's own meters; the instrumentation packages are needed for traces only.
    private static void AddMetrics(MeterProviderBuilder metrics) => metrics
        .AddMeter("Ingestion", "Microsoft.Orleans", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Net.Http")
        .AddRuntimeInstrumentation()
        .AddProcessInstrumentation()
        .AddInstrumentation(services => services.GetRequiredService<BuildMetrics>())
        .AddInstrumentation(services => services.GetRequiredService<DiskMetrics>())
        .AddView(MetricStreams.Of)
        .AddPrometheusExporter(prometheus => prometheus.ScopeInfoEnabled = false);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Push(OpenTelemetryBuilder telemetry, ConfigurationManager configuration)
    {
        if (IsWanted("METRICS"))
            telemetry.WithMetrics(metrics => metrics.SetExemplarFilter(ExemplarFilterType.TraceBased).AddOtlpExporter());
        if (IsWanted("LOGS"))
            telemetry.WithLogging(logs => logs.AddOtlpExporter(), lines => lines.IncludeFormattedMessage = true)
                // Its ticket signs in: it is for who sits before the console.
                .Services.AddLogging(logs => logs.AddFilter<OpenTelemetryLoggerProvider>("Ingestion.Api.Console.SignInLink", LogLevel.None));
        if (IsWanted("TRACES"))
        {
            var settings = configuration.GetSection("Ingestion:Telemetry").Get<TelemetrySettings>() ?? new TelemetrySettings();
            telemetry.WithTracing(traces => AddTraces(traces, settings.TraceShare));
        }

        bool IsWanted(string signal) => configuration[$"OTEL_{signal}_EXPORTER"] is not "none";
    }

    // The source Microsoft.Orleans.Runtime is left out: its timers and stream polls are 63 spans a second in an idle silo.
    private static void AddTraces(TracerProviderBuilder traces, double share) => traces
        .SetSampler(EntrySampler.WithShare(share))
        .AddSource(Spans.SourceName, "Microsoft.Orleans.Application", "Npgsql")
        .AddAspNetCoreInstrumentation(http => http.Filter = context => !IsScrape(context.Request.Path) && !IsHealth(context.Request.Path) && !IsSocket(context))
        .AddHttpClientInstrumentation()
        .AddProcessor(new NamelessSpans())
        .AddOtlpExporter();

    // It lasts for days, and what happens on it is none of its work: each event has the trace of the request that caused it.
    private static bool IsSocket(HttpContext context) =>
        context.Request.Headers.ContainsKey(HeaderNames.SecWebSocketKey) || context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true };
}
