using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Ingestion.Silo.Database;

/// <summary>Degraded while the database does not answer, and never worse: it is away for all silos at once.</summary>
internal sealed class DatabaseReach(DatabaseProbe probe) : IHealthCheck
{
    // Under this key /health/details looks for a TimeSpan.
    private const string Age = "age";

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(Read());

    private HealthCheckResult Read()
    {
        if (probe.Read() is not var (answers, silence, age))
            return HealthCheckResult.Healthy("not asked yet");
        var data = new Dictionary<string, object> { [Age] = age };
        return answers
            ? HealthCheckResult.Healthy("answers", data)
            : HealthCheckResult.Degraded($"no answer for {silence.TotalSeconds:0} s: requests that need it get 503", exception: null, data);
    }
}
