using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Ingestion.Silo.Telemetry;

internal static class TelemetryRegistration
{
    /// <summary>Traces and metrics by OTLP, when the standard variable OTEL_EXPORTER_OTLP_ENDPOINT says where to; otherwise none of it runs.</summary>
    public static void AddTelemetry(this WebApplicationBuilder builder)
    {
        if (string.IsNullOrEmpty(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]))
            return;
        builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("ingestion"))
            .WithTracing(traces => traces
                .AddSource("Microsoft.AspNetCore", "Microsoft.Orleans.Application", "Microsoft.Orleans.Runtime")
                .AddOtlpExporter())
            .WithMetrics(metrics => metrics
                .AddMeter("Ingestion", "Microsoft.Orleans", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime")
                .AddOtlpExporter());
    }
}
