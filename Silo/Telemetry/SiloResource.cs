using Ingestion.Silo.Hosting;
using OpenTelemetry.Resources;

namespace Ingestion.Silo.Telemetry;

/// <summary>Which process the telemetry is of. OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES have the last word.</summary>
internal static class SiloResource
{
    public static ResourceBuilder AddSilo(this ResourceBuilder resource, SiloSettings settings, IHostEnvironment host)
    {
        var environment = host.EnvironmentName.ToLowerInvariant();
        return resource
            .AddService("ingestion", serviceNamespace: settings.Cluster.ClusterId, BuildMetrics.Version, autoGenerateServiceInstanceId: false)
            // The second name is the one of today's conventions; dashboards still look for the first.
            .AddAttributes([new("deployment.environment", environment), new("deployment.environment.name", environment)])
            .AddDetector(services => new SiloDetector(services.GetRequiredService<ILocalSiloDetails>()))
            .AddEnvironmentVariableDetector();
    }

    /// <summary>The silo's address with its generation, as /api/admin/silos shows it: another one after each start.</summary>
    private sealed class SiloDetector(ILocalSiloDetails silo) : IResourceDetector
    {
        public Resource Detect() => new([new("service.instance.id", silo.SiloAddress.ToParsableString()), new("ingestion.silo.name", silo.Name)]);
    }
}
