using Ingestion.Api.Freezes;
using Ingestion.Api.Reach;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Ingestion.Api.Health;

/// <summary>
/// Healthy while this silo is an active member of its cluster, as far as it knows: only then do grains answer it. The description has how many silos
/// it sees, and no address: this answers everyone.
/// </summary>
internal sealed class MembershipCheck(ISiloStatusOracle membership, FreezeGuard freezes, ReachMetrics reach) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(Check());

    private HealthCheckResult Check()
    {
        var status = membership.CurrentStatus;
        if (status is SiloStatus.Active && freezes.IsSuspect)
            return HealthCheckResult.Unhealthy("was frozen; not known yet whether it is still a member");
        var description = $"{SiloStatusName.Of(status)}; sees {Describe(membership.GetApproximateSiloStatuses().Values)}";
        if (status is not SiloStatus.Active)
            return HealthCheckResult.Unhealthy(description);
        return reach.Unreachable is > 0 and var silent
            ? HealthCheckResult.Degraded($"{description}; {silent} of them without an answer")
            : HealthCheckResult.Healthy(description);
    }

    /// <summary>Such as <c>3 active, 1 dead</c>, this silo among them.</summary>
    private static string Describe(IEnumerable<SiloStatus> silos) =>
        string.Join(", ", silos.CountBy(SiloStatusName.Of).Select(silo => $"{silo.Value} {silo.Key}").Order(StringComparer.Ordinal));
}
