using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Ingestion.Backends.JobQueue.Watch;

/// <summary>What a queue knows of itself.</summary>
/// <param name="Works">Whether jobs come and go.</param>
/// <param name="Description">A word or sentence without names of hosts and accounts.</param>
/// <param name="Age">Since the last probe; null where the answer is current.</param>
internal readonly record struct QueueHealth(bool Works, string Description, TimeSpan? Age = null);

/// <summary>A queue that reports its health.</summary>
internal interface IQueueHealth
{
    QueueHealth Read();
}

/// <summary>
/// Degraded while the queue can't be used, and never worse: uploads are accepted then, their jobs wait with the videos, and status continues.
/// </summary>
internal sealed class JobQueueCheck(IQueueHealth queue) : IHealthCheck
{
    // Under this key /health/details looks for a TimeSpan.
    private const string Age = "age";

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var health = queue.Read();
        var data = health.Age is { } age ? new Dictionary<string, object> { [Age] = age } : null;
        var status = health.Works ? HealthStatus.Healthy : HealthStatus.Degraded;
        return Task.FromResult(new HealthCheckResult(status, health.Description, exception: null, data));
    }
}
