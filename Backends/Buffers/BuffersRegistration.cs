using Ingestion.Silos;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Ingestion.Backends.Buffers;

/// <summary>Registers the buffers that uploads share.</summary>
public static class BuffersRegistration
{
    /// <summary>One budget, one pool, one staging folder a process.</summary>
    public static IServiceCollection AddUploadBuffers(this IServiceCollection services, string stagingFolder, Action<BufferOptions> configure)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddOptions<BufferOptions>().Configure(configure).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton(_ => new StagingFolder(stagingFolder));
        services.AddSingleton(provider => new BufferBudget(
            provider.GetRequiredService<IOptions<BufferOptions>>().Value.LimitMebibytes * 1024L * 1024,
            provider.GetRequiredService<StagingFolder>(),
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IBufferBudget>(provider => provider.GetRequiredService<BufferBudget>());
        services.AddMetrics();
        services.AddSingleton<BufferMetrics>();
        services.AddSingleton<PartBufferSource>();
        services.AddSingleton<IMemoryPoolFactory<byte>, TransportMemory>();
        return services;
    }
}
