using Ingestion.Backends.ObjectStore;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Ingestion.Silo.Janitor;

internal static class JanitorRegistration
{
    /// <summary>The janitor of uploads; its settings are those of uploads.</summary>
    public static IServiceCollection AddUploadJanitor(this IServiceCollection services)
    {
        services.TryAddSingleton<OrphanSweep>();
        services.AddSingleton<JanitorMetrics>();
        return services.AddHostedService<UploadJanitor>();
    }
}
