using Ingestion.Backends.Media;
using Ingestion.Backends.Media.Tools;
using Ingestion.Uploads;
using Microsoft.Extensions.Options;

namespace Ingestion.Silo.Worker;

internal static class ProcessingRegistration
{
    /// <summary>The worker role. Its tools work below <paramref name="scratch"/>.</summary>
    public static IServiceCollection AddVideoWorker(this IServiceCollection services, string scratch)
    {
        services.AddOptions<WorkerOptions>().BindConfiguration("Ingestion:Worker").ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<ToolOptions>().BindConfiguration("Ingestion:Tools").ValidateDataAnnotations().ValidateOnStart();
        services.AddMediaTools(scratch);
        services.AddSingleton(CreateProcessor);
        services.AddSingleton<WorkerMetrics>();
        services.AddSingleton<ForeignJobs>();
        services.AddSingleton<UnknownVideo>();
        services.AddSingleton<JobRunner>();
        services.AddHostedService<ToolPreparation>();
        return services.AddHostedService<VideoWorker>();
    }

    private static VideoProcessor CreateProcessor(IServiceProvider services)
    {
        var options = services.GetRequiredService<IOptions<WorkerOptions>>().Value;
        var tools = services.FindMediaTools(options.ToolPath ?? Environment.GetEnvironmentVariable("PATH"));
        return new VideoProcessor(
            services.GetRequiredService<IObjectStore>(), services.GetRequiredService<MediaSources>(), services.GetRequiredService<StoredDigest>(), tools,
            services.GetRequiredService<TimeProvider>(), services.GetRequiredService<ILogger<VideoProcessor>>());
    }
}
