using System.Net;
using Ingestion.Backends.GrainStorage;
using Ingestion.Backends.JobQueue;
using Ingestion.Grains;
using Orleans.Configuration;

namespace Ingestion.Silo.Hosting;

internal static class Cluster
{
    // Nothing outside the silos calls grains; whatever reached a gateway could call all of them.
    private const int NoGateway = 0;

    public static void AddSilo(this WebApplicationBuilder builder, SiloSettings settings, IPEndPoint endpoint) => builder.UseOrleans(silo =>
    {
        silo.Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = (settings.Cluster.ClusterId, settings.Cluster.ServiceId));
        // A call that meets deactivations again and again is rejected after this many; the default of 2 shows under load.
        silo.Configure<SiloMessagingOptions>(messaging => messaging.MaxForwardCount = 10);
        if (settings.Cluster.IsPostgres)
            JoinByPostgres(silo, settings.Cluster, endpoint);
        else
            StandAlone(silo, settings, endpoint);
        silo.AddStateIdentity();
        RememberGrains(silo);
        silo.AddIngestionGrains();
        silo.AddActivityPropagation();
    });

    private static void StandAlone(ISiloBuilder silo, SiloSettings settings, IPEndPoint endpoint)
    {
        silo.UseLocalhostClustering(endpoint.Port, NoGateway, primarySiloEndpoint: null, settings.Cluster.ServiceId, settings.Cluster.ClusterId);
        silo.AddFileGrainStorage(settings.DataPath("state"));
    }

    /// <summary>
    /// Where grains of the cluster are. The table is made for as many as are remembered at most: for the default of a million its pages take
    /// 18 MB as soon as ten thousand grains are in them, two kilobytes a socket.
    /// </summary>
    private static void RememberGrains(ISiloBuilder silo) => silo.Configure<GrainDirectoryOptions>(directory => directory.CacheSize = 100_000);

    private static void JoinByPostgres(ISiloBuilder silo, ClusterSettings cluster, IPEndPoint endpoint)
    {
        const string Invariant = "Npgsql";
        silo.ConfigureEndpoints(endpoint.Address, endpoint.Port, NoGateway, listenOnAnyHostAddress: false);
        silo.UseAdoNetClustering(options => (options.Invariant, options.ConnectionString) = (Invariant, cluster.ConnectionString));
        silo.AddPostgresGrainStorage(cluster.ConnectionString);
    }
}
