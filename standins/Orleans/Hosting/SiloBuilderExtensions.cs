using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.Runtime;

namespace Orleans.Hosting;

/// <summary>Clustering, endpoints and telemetry.</summary>
public static class CoreHostingExtensions
{
    /// <summary>A cluster in this process. Silos that name the same primary endpoint are of one cluster.</summary>
    public static ISiloBuilder UseLocalhostClustering(
        this ISiloBuilder builder,
        int siloPort = EndpointOptions.DEFAULT_SILO_PORT,
        int gatewayPort = EndpointOptions.DEFAULT_GATEWAY_PORT,
        IPEndPoint? primarySiloEndpoint = null,
        string serviceId = "dev",
        string clusterId = "dev")
    {
        builder.ConfigureEndpoints(siloPort, gatewayPort);
        builder.Configure<LocalhostClusteringOptions>(options => options.PrimarySiloEndpoint = primarySiloEndpoint);
        return builder.Configure<ClusterOptions>(options =>
        {
            options.ServiceId = serviceId;
            options.ClusterId = clusterId;
        });
    }

    public static ISiloBuilder AddActivityPropagation(this ISiloBuilder builder) =>
        builder.AddOutgoingGrainCallFilter(new OutgoingActivityFilter()).AddIncomingGrainCallFilter<IncomingActivityFilter>();

    public static IClientBuilder AddActivityPropagation(this IClientBuilder builder) => builder.AddOutgoingGrainCallFilter(new OutgoingActivityFilter());
}

/// <summary>Names for silos. Nothing listens on them.</summary>
internal static class EndpointOptionsExtensions
{
    public static ISiloBuilder ConfigureEndpoints(this ISiloBuilder builder, int siloPort, int gatewayPort) => builder.Configure<EndpointOptions>(options =>
    {
        options.SiloPort = siloPort;
        options.GatewayPort = gatewayPort;
    });
}

public static class SiloBuilderExtensions
{
    public static ISiloBuilder Configure<TOptions>(this ISiloBuilder builder, Action<TOptions> configureOptions) where TOptions : class
    {
        builder.Services.Configure(configureOptions);
        return builder;
    }
}

public static class ClientBuilderExtensions
{
    public static IClientBuilder Configure<TOptions>(this IClientBuilder builder, Action<TOptions> configureOptions) where TOptions : class
    {
        builder.Services.Configure(configureOptions);
        return builder;
    }
}
