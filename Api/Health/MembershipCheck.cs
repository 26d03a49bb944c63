using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Ingestion.Api.Health;

/// <summary>Healthy while this silo is an active member of its cluster: only then do grains answer it.</summary>
internal sealed class MembershipCheck(ISiloStatusOracle membership) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var status = membership.CurrentStatus;
        var description = status.ToString().ToLowerInvariant();
        return Task.FromResult(status is SiloStatus.Active ? HealthCheckResult.Healthy(description) : HealthCheckResult.Unhealthy(description));
    }
}
