using Ingestion.Api.Uploads;
using Ingestion.Silo.Commands;
using Ingestion.Silo.Hosting;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Ingestion.Silo.Janitor;

internal static class JanitorRegistration
{
    /// <summary>The sweeps of every silo, whatever its roles: uploads, videos and webhooks, each with the settings of its feature.</summary>
    public static IServiceCollection AddJanitor(this IServiceCollection services, SiloSettings settings)
    {
        services.AddUploadOptions();
        services.TryAddSingleton<OrphanSweep>();
        services.AddSingleton<JanitorMetrics>();
        services.AddHostedService<VideoSweep>();
        services.AddHostedService<UploadJanitor>();
        services.AddHostedService<ErasureSweep>();
        services.AddHostedService<CreationKeySweep>();
        services.AddSingleton(new MintedTokens(settings.DataPath("audit")));
        services.AddHostedService<MintedTokenSweep>();
        return services.AddHostedService<WebhookSweep>();
    }

    /// <summary>Sweeps at start what a crash left of uploads; for a store that belongs to this process alone.</summary>
    public static IServiceCollection AddUnfinishedUploadSweep(this IServiceCollection services)
    {
        services.TryAddSingleton<OrphanSweep>();
        return services.AddHostedService<UnfinishedUploadSweep>();
    }
}
