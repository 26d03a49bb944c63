using Ingestion.Api.Freezes;
using Ingestion.Api.Reach;

namespace Ingestion.Api.Health;

/// <summary>The checks of a silo, whatever its roles.</summary>
public static class HealthRegistration
{
    /// <summary>Tag of the checks that decide whether a balancer sends requests here. A check without it is shown in the details only.</summary>
    internal const string Ready = "ready";

    /// <summary>
    /// Registers the checks. A check that probes something outside the process keeps its last answer, and puts that answer's age into its data as
    /// <see cref="HealthDetails.Age"/>.
    /// </summary>
    public static IServiceCollection AddHealth(this IServiceCollection services)
    {
        services.AddFreezeGuard().AddReach().AddHealthChecks()
            .AddCheck<HostCheck>("host", tags: [Ready])
            .AddCheck<MembershipCheck>("membership", tags: [Ready]);
        // It logs an error each time that a probe finds the silo starting or stopping, once a second and probe.
        return services.AddLogging(logging => logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None));
    }
}
