using Ingestion.Api.Stopping;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace Ingestion.Api.Health;

/// <summary>Healthy once all services of the silo have started, and until it is to stop.</summary>
internal sealed class HostCheck(IHostApplicationLifetime host, SiloStop stop) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(Read());

    private HealthCheckResult Read()
    {
        if (stop.Announced.IsCancellationRequested)
            return HealthCheckResult.Unhealthy("stopping");
        return host.ApplicationStarted.IsCancellationRequested ? HealthCheckResult.Healthy("started") : HealthCheckResult.Unhealthy("starting");
    }
}
