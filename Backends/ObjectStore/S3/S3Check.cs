using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Ingestion.Backends.ObjectStore.S3;

/// <summary>
/// Degraded while the store can't be used, and never worse: status, lists and what is processed continue. It also shows a bucket whose CORS keeps pages
/// from sending parts.
/// </summary>
internal sealed class S3Check(S3ObjectStore store, S3BucketCors cors) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (store.Outage.Read() is { } wrong)
            return Task.FromResult(HealthCheckResult.Degraded(wrong));
        return Task.FromResult(HealthCheckResult.Healthy(cors.Finding ?? "answers"));
    }
}
