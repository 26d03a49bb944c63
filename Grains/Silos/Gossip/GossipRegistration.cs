using Ingestion.Grains.Silos.Balancing;
using Ingestion.Grains.Silos.Placing;
using Ingestion.Silos;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Metadata;
using Orleans.Placement;
using Orleans.Runtime.Placement.Filtering;
using Orleans.Statistics;

namespace Ingestion.Grains.Silos.Gossip;

internal static class GossipRegistration
{
    /// <summary>What goes on between the silos: reports, where new grains are placed, sockets that move, and the figures that Orleans places by.</summary>
    public static ISiloBuilder AddSiloGossip(this ISiloBuilder silo)
    {
        silo.Services.AddSingleton<ReportedSilos>();
        silo.Services.AddSingleton<ISiloGossipClient, SiloGossipClient>();
        silo.Services.AddSingleton<SiloReporter>();
        silo.Services.AddSingleton<BalanceMetrics>();
        silo.Services.AddSingleton<SocketMover>();
        silo.Services.AddHostedService<SiloGossipLoop>();
        silo.Services.AddRoomFilter();
        silo.Services.AddTrueStatistics();
        return silo.AddGrainService<SiloGossipService>();
    }

    private static void AddRoomFilter(this IServiceCollection services)
    {
        services.AddPlacementFilter<RoomFilterStrategy, RoomFilter>(ServiceLifetime.Singleton);
        services.AddSingleton<RoomManifest>();
        services.Replace(ServiceDescriptor.Singleton(
            provider => new PlacementFilterStrategyResolver(provider, new GrainPropertiesResolver(provider.GetRequiredService<RoomManifest>()))));
    }

    /// <summary>Around Orleans' own, which is none of its public classes: what is registered so far.</summary>
    private static void AddTrueStatistics(this IServiceCollection services)
    {
        var own = services.Last(service => service.ServiceType == typeof(IEnvironmentStatisticsProvider)).ImplementationType!;
        services.TryAddSingleton(own);
        services.AddSingleton<IEnvironmentStatisticsProvider>(
            provider => new TrueStatistics((IEnvironmentStatisticsProvider)provider.GetRequiredService(own), provider));
    }
}
