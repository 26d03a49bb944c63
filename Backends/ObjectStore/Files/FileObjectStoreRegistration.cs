using Ingestion.Backends.Buffers;
using Ingestion.Uploads;
using Microsoft.Extensions.DependencyInjection;

namespace Ingestion.Backends.ObjectStore.Files;

/// <summary>Registers the file object store.</summary>
public static class FileObjectStoreRegistration
{
    /// <summary>Needs the buffers of <see cref="BuffersRegistration"/>. Keeps all objects under <paramref name="folder"/>.</summary>
    public static IServiceCollection AddFileObjectStore(this IServiceCollection services, string folder)
    {
        services.AddSingleton(provider => new FileObjectStore(folder, provider.GetRequiredService<PartBufferSource>()));
        services.AddSingleton<IObjectStore>(provider => provider.GetRequiredService<FileObjectStore>());
        services.AddSingleton<IDirectUploads>(provider => provider.GetRequiredService<FileObjectStore>());
        return services;
    }
}
