using Ingestion.Backends.GrainStorage;
using Ingestion.Silo.Dashboard;
using Ingestion.Silo.Videos;
using Ingestion.Videos;
using Ingestion.Backends.JobQueue;
using Ingestion.Grains;
using Ingestion.Grains.Silos.Evidence;
using Orleans.Configuration;

namespace Ingestion.Silo.Hosting;

internal static class Cluster
{
    // Nothing outside the silos calls grains; whatever reached a gateway could call all of them.
    private const int NoGateway = 0;

    public static void AddSilo(this WebApplicationBuilder builder, SiloSettings settings, Claims claims) => builder.UseOrleans(silo =>
    {
        // First: it takes ids and a name from variables, and settings go before them.
        if (claims.Agent is { Refusal: null })
            silo.UseKubernetesHosting();
        silo.Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = (settings.Cluster.ClusterId, settings.Cluster.ServiceId));
        if (settings.Cluster.SiloName.Length > 0)
            silo.Configure<SiloOptions>(options => options.SiloName = settings.Cluster.SiloName);
        // A call that meets deactivations again and again is rejected after this many; the default of 2 shows under load.
        silo.Configure<SiloMessagingOptions>(messaging => messaging.MaxForwardCount = 10);
        if (settings.Cluster.IsPostgres)
            JoinByPostgres(silo, settings.Cluster, claims, builder.Configuration);
        else
            StandAlone(silo, settings, claims.Silo);
        silo.Services.AddSingleton(new EvidenceFolder(settings.DataPath("evidence")));
        silo.AddStateIdentity();
        RememberGrains(silo);
        silo.AddIngestionGrains();
        silo.Services.AddSingleton<IVideoDirectory>(_ => StoredVideos.Of(settings));
        silo.AddActivityPropagation();
        SiloDashboard.AddTo(silo, builder.Configuration);
    });

    private static void StandAlone(ISiloBuilder silo, SiloSettings settings, SiloEndpoints endpoints)
    {
        silo.UseLocalhostClustering(endpoints.Listen.Port, NoGateway, primarySiloEndpoint: null, settings.Cluster.ServiceId, settings.Cluster.ClusterId);
        silo.AddFileGrainStorage(settings.DataPath("state"));
    }

    /// <summary>
    /// Where grains of the cluster are. The table is made for as many as are remembered at most: for the default of a million its pages take
    /// 18 MB as soon as ten thousand grains are in them, two kilobytes a socket.
    /// </summary>
    private static void RememberGrains(ISiloBuilder silo) => silo.Configure<GrainDirectoryOptions>(directory => directory.CacheSize = 100_000);

    private static void JoinByPostgres(ISiloBuilder silo, ClusterSettings cluster, Claims claims, ConfigurationManager configuration)
    {
        const string Invariant = "Npgsql";
        var endpoints = claims.Silo;
        silo.ConfigureEndpoints(endpoints.Advertised.Address, endpoints.Advertised.Port, NoGateway, listenOnAnyHostAddress: false);
        silo.Configure<EndpointOptions>(options => options.SiloListeningEndpoint = endpoints.Listen);
        if (claims.Certificates is { } certificates)
            silo.UseTls(certificates.Apply);
        silo.UseAdoNetClustering(options => (options.Invariant, options.ConnectionString) = (Invariant, DatabasePools.OfMembership(cluster.ConnectionString)));
        silo.AddPostgresGrainStorage(DatabasePools.OfStates(cluster.ConnectionString));
        // Each start of a container leaves a row. A day is long enough to see who was there.
        silo.Configure<ClusterMembershipOptions>(membership => membership.DefunctSiloExpiration = TimeSpan.FromDays(1));
        // The older directory ends the grains of every silo whose places a silo that goes had kept: forms, which are in memory only, were lost in all of them.
#pragma warning disable ORLEANSEXP003 // Tried here by stopping, killing and freezing silos; the older one is no alternative.
        silo.AddDistributedGrainDirectory();
#pragma warning restore ORLEANSEXP003
        // By default nothing that a dead silo may have had is activated for 24 s more, in case that silo does not know yet that it is dead. What it still
        // does is refused anyhow: by the tombstones and versions of stored states, and by its own look at the table when it was frozen.
        silo.Configure<GrainDirectoryOptions>(directory => directory.RangeLeaseDuration = TimeSpan.Zero);
        silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, LastCalls>();
        var times = configuration.GetSection("Ingestion:Cluster").Get<MembershipSettings>() ?? new MembershipSettings();
        silo.Configure<ClusterMembershipOptions>(times.Apply);
        silo.Configure<SiloMessagingOptions>(times.Apply);
        silo.Configure<ClientMessagingOptions>(times.Apply);
    }
}
