using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Providers;
using Orleans.Runtime;
using Orleans.Storage;

namespace Orleans.Runtime.Hosting
{
    public static class StorageProviderExtensions
    {
        /// <summary>Adds a storage under a name. The one named "Default" is the default.</summary>
        public static IServiceCollection AddGrainStorage<T>(this IServiceCollection collection, string name, Func<IServiceProvider, string, T> implementationFactory)
            where T : IGrainStorage
        {
            collection.AddKeyedSingleton<IGrainStorage>(name, (services, key) => implementationFactory(services, (string)key!));
            if (name == ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME)
                collection.TryAddSingleton(services => services.GetRequiredKeyedService<IGrainStorage>(name));
            if (typeof(ILifecycleParticipant<ISiloLifecycle>).IsAssignableFrom(typeof(T)))
                collection.AddSingleton(services => (ILifecycleParticipant<ISiloLifecycle>)services.GetRequiredKeyedService<IGrainStorage>(name));
            return collection;
        }
    }
}

namespace Orleans.Hosting
{
    using Orleans.Runtime.Hosting;

    public static class MemoryGrainStorageSiloBuilderExtensions
    {
        public static ISiloBuilder AddMemoryGrainStorageAsDefault(this ISiloBuilder builder) =>
            builder.AddMemoryGrainStorage(ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME);

        public static ISiloBuilder AddMemoryGrainStorage(this ISiloBuilder builder, string name)
        {
            builder.Services.AddGrainStorage(name, static (services, key) =>
                new MemoryGrainStorage(services.GetRequiredService<Silo>().Client.Cluster.MemoryStores.GetOrAdd(key, _ => new MemoryStore())));
            return builder;
        }
    }
}
