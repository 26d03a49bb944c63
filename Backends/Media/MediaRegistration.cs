using Ingestion.Backends.Media.Tools;
using Ingestion.Silos;
using Ingestion.Uploads;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Ingestion.Backends.Media;

/// <summary>Registers what looks into media.</summary>
public static class MediaRegistration
{
    /// <summary>Signatures of containers.</summary>
    public static IServiceCollection AddContainerSniffer(this IServiceCollection services) => services.AddSingleton<IContainerSniffer, ContainerSniffer>();

    /// <summary>What runs ffprobe and ffmpeg on sources of the object store. Runs have their working folders below <paramref name="scratch"/>.</summary>
    public static IServiceCollection AddMediaTools(this IServiceCollection services, string scratch)
    {
        services.AddMetrics();
        services.AddSingleton<ToolMetrics>();
        services.AddSingleton<ToolMemory>();
        services.AddSingleton<IToolMemory>(provider => provider.GetRequiredService<ToolMemory>());
        services.AddSingleton(new ToolScratch(scratch));
        services.AddSingleton<ToolRunner>();
        services.AddSingleton<StoredDigest>();
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<SourceProxy>(provider, true));
        return services.AddSingleton(provider => new MediaSources(provider.GetRequiredService<IObjectStore>(), provider.GetRequiredService<SourceProxy>()));
    }

    /// <summary>The tools on a path of folders; null unless both are there.</summary>
    /// <param name="services">With <see cref="AddMediaTools"/>.</param>
    /// <param name="path">Written like PATH.</param>
    public static MediaTools? FindMediaTools(this IServiceProvider services, string? path) =>
        ToolPaths.Find(path) is { } paths ? new MediaTools(
            services.GetRequiredService<ToolRunner>(), paths, services.GetRequiredService<IOptions<ToolOptions>>()) : null;
}
