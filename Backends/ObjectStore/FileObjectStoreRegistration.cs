using Ingestion.Uploads;
using Microsoft.Extensions.DependencyInjection;

namespace Ingestion.Backends.ObjectStore;

/// <summary>Registers the file object store.</summary>
public static class FileObjectStoreRegistration
{
    /// <summary>Keeps all objects under <paramref name="folder"/>, and sweeps at start what a crash left of uploads.</summary>
    public static IServiceCollection AddFileObjectStore(this IServiceCollection services, string folder)
    {
        services.AddSingleton(_ => new FileObjectStore(folder));
        services.AddSingleton<IObjectStore>(provider => provider.GetRequiredService<FileObjectStore>());
        services.AddHostedService<UnfinishedUploadSweep>();
        return services;
    }
}
