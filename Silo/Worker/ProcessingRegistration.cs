using Ingestion.Backends.Media;
using Ingestion.Uploads;
using Microsoft.Extensions.Options;

namespace Ingestion.Silo.Worker;

internal static class ProcessingRegistration
{
    /// <summary>The worker role.</summary>
    public static IServiceCollection AddVideoWorker(this IServiceCollection services)
    {
        services.AddOptions<WorkerOptions>().BindConfiguration("Ingestion:Worker").ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton(provider => new VideoProcessor(
            provider.GetRequiredService<IObjectStore>(),
            MediaTools.Find(provider.GetRequiredService<IOptions<WorkerOptions>>().Value.ToolPath ?? Environment.GetEnvironmentVariable("PATH"))));
        services.AddSingleton<WorkerMetrics>();
        services.AddSingleton<UnknownVideo>();
        services.AddSingleton<JobRunner>();
        return services.AddHostedService<VideoWorker>();
    }
}
