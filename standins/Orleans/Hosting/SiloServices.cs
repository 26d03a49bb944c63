using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Orleans.Hosting;
using Orleans.Runtime.Placement;

namespace Orleans.Runtime;

/// <summary>What a silo adds to its host's services.</summary>
internal static class SiloServices
{
    public static ISiloBuilder Add(IServiceCollection services)
    {
        if (services.FirstOrDefault(service => service.ServiceType == typeof(SiloBuilder))?.ImplementationInstance is SiloBuilder known)
            return known;

        var builder = new SiloBuilder(services);
        services.AddSingleton(builder);
        AddRuntime(services);
        AddPlacement(services);
        return builder;
    }

    private static void AddRuntime(IServiceCollection services)
    {
        services.AddLogging();
        services.AddOptions();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(LocalClusters.Find);
        services.AddSingleton(provider => new Silo(provider.GetRequiredService<Cluster>(), provider));
        services.AddSingleton(provider => provider.GetRequiredService<Silo>().Client);
        services.AddSingleton<ILocalSiloDetails>(provider => provider.GetRequiredService<Silo>());
        services.AddSingleton<IClusterClient>(provider => provider.GetRequiredService<RuntimeClient>().Factory);
        services.AddSingleton<IGrainFactory>(provider => provider.GetRequiredService<RuntimeClient>().Factory);

        services.AddSingleton<SiloLifecycle>();
        services.AddSingleton<ISiloLifecycle>(provider => provider.GetRequiredService<SiloLifecycle>());
        services.AddSingleton<ISiloLifecycleSubject>(provider => provider.GetRequiredService<SiloLifecycle>());
        services.AddSingleton<SiloMembership>();
        services.AddSingleton<ISiloStatusOracle>(provider => provider.GetRequiredService<SiloMembership>());
        services.AddSingleton<IClusterMembershipService>(provider => provider.GetRequiredService<SiloMembership>());
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, GrainServices>();

        services.AddSingleton<IPersistentStateFactory, PersistentStates>();
        services.AddHostedService<SiloHostedService>();
    }

    private static void AddPlacement(IServiceCollection services)
    {
        services.TryAddSingleton<PlacementStrategy, ResourceOptimizedPlacement>();
        services.AddPlacementDirector<RandomPlacement, RandomPlacementDirector>();
        services.AddPlacementDirector<PreferLocalPlacement, PreferLocalPlacementDirector>();
        services.AddPlacementDirector<HashBasedPlacement, HashBasedPlacementDirector>();
        services.AddPlacementDirector<ResourceOptimizedPlacement, LeastLoadedPlacementDirector>();
    }
}

/// <summary>Starts and stops the silo with its host.</summary>
internal sealed class SiloHostedService(Silo silo) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => silo.Start(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => silo.Stop(cancellationToken);
}

/// <summary>What an outside client adds to its host's services.</summary>
internal static class ClientServices
{
    public static IClientBuilder Add(IServiceCollection services)
    {
        if (services.FirstOrDefault(service => service.ServiceType == typeof(ClientBuilder))?.ImplementationInstance is ClientBuilder known)
            return known;

        var builder = new ClientBuilder(services);
        services.AddSingleton(builder);
        services.AddLogging();
        services.AddOptions();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<Cluster>(_ => throw new OrleansConfigurationException("An outside client needs a cluster in its own process, which only TestingHost gives it."));
        services.AddSingleton(provider => new RuntimeClient(provider.GetRequiredService<Cluster>(), provider, $"{RuntimeClient.OutsidePrefix}{Guid.NewGuid():N}", isSilo: false));
        services.AddSingleton<IClusterClient>(provider => provider.GetRequiredService<RuntimeClient>().Factory);
        services.AddSingleton<IGrainFactory>(provider => provider.GetRequiredService<RuntimeClient>().Factory);
        services.AddHostedService<ClientHostedService>();
        return builder;
    }
}

internal sealed class ClientHostedService(RuntimeClient client) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        client.Cluster.Join(client);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        client.Stop();
        return Task.CompletedTask;
    }
}
