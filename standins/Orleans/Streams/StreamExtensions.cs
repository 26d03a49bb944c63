using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;

namespace Orleans.Streams
{
    /// <summary>Subscribing with a delegate.</summary>
    public static class AsyncObservableExtensions
    {
        public static Task<StreamSubscriptionHandle<T>> SubscribeAsync<T>(this IAsyncObservable<T> obs, Func<T, StreamSequenceToken?, Task> onNextAsync) =>
            obs.SubscribeAsync(new DelegateObserver<T>(onNextAsync));

        private sealed class DelegateObserver<T>(Func<T, StreamSequenceToken?, Task> onNext) : IAsyncObserver<T>
        {
            public Task OnNextAsync(T item, StreamSequenceToken? token = null) => onNext(item, token);

            public Task OnErrorAsync(Exception ex) => Task.CompletedTask;
        }
    }
}

namespace Orleans
{
    using Orleans.Streams;

    public static class GrainStreamingExtensions
    {
        public static IStreamProvider GetStreamProvider(this Grain grain, string name) => StreamProviders.Get(grain.ServiceProvider, name);
    }

    public static class ClientStreamExtensions
    {
        public static IStreamProvider GetStreamProvider(this IClusterClient client, string name) => StreamProviders.Get(client.ServiceProvider, name);
    }

    internal static class StreamProviders
    {
        public static IStreamProvider Get(IServiceProvider services, string name) =>
            services.GetKeyedService<IStreamProvider>(name) ?? throw new KeyNotFoundException($"Stream provider '{name}' not found");

        public static void Add(IServiceCollection services, string name) => services.AddKeyedSingleton<IStreamProvider>(name, static (provider, key) =>
        {
            var cluster = provider.GetRequiredService<RuntimeClient>().Cluster;
            return new MemoryStreamProvider(cluster.StreamHubs.GetOrAdd((string)key!, name => new StreamHub(cluster, name)));
        });
    }
}

namespace Orleans.Hosting
{
    public static class SiloBuilderMemoryStreamExtensions
    {
        public static ISiloBuilder AddMemoryStreams(this ISiloBuilder builder, string name, Action<ISiloMemoryStreamConfigurator>? configure = null)
        {
            StreamProviders.Add(builder.Services, name);
            return builder;
        }
    }

    public static class ClientBuilderStreamingExtensions
    {
        public static IClientBuilder AddMemoryStreams(this IClientBuilder builder, string name)
        {
            StreamProviders.Add(builder.Services, name);
            return builder;
        }
    }
}
