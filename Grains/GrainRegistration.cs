using Ingestion.Grains.Calls;
using Ingestion.Grains.Silos;
using Ingestion.Grains.Silos.Evidence;
using Ingestion.Grains.Silos.Gossip;
using Ingestion.Grains.Silos.Recycling;
using Ingestion.Grains.Silos.Shedding;
using Ingestion.Grains.Status;
using Ingestion.Grains.Status.Places;
using Ingestion.Grains.Uploads;
using Ingestion.Grains.Uploads.Joining;
using Ingestion.Grains.Webhooks;
using Ingestion.Silos;
using Ingestion.Status;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orleans.Serialization;

namespace Ingestion.Grains;

/// <summary>What a silo needs to host the grains of this project.</summary>
public static class GrainRegistration
{
    // Those whose exceptions come from grains beside .NET's own, as prefixes of namespaces: ours, the object store's and the database's.
    private static readonly string[] _exceptions = ["Ingestion.", "Amazon.", "Npgsql."];

    /// <summary>
    /// Registers the grain services and streams. The object store, the queue, the storage provider and the way out for webhooks are the host's to
    /// choose.
    /// </summary>
    public static ISiloBuilder AddIngestionGrains(this ISiloBuilder silo)
    {
        silo.Services.TryAddSingleton(TimeProvider.System);
        // Without it a caller in another silo would get a CodecNotFoundException in their place.
        silo.Services.Configure<ExceptionSerializationOptions>(exceptions => exceptions.SupportedNamespacePrefixes.UnionWith(_exceptions));
        silo.AddMemoryGovernor();
        silo.AddSiloGossip();
        silo.Services.AddSingleton<ISiloAgentClient, SiloAgentClient>();
        silo.Services.AddIdleGrains();
        silo.Services.AddRecycling();
        silo.Services.AddEvidence();
        silo.Services.AddSingleton<CallMetrics>();
        silo.AddOutgoingGrainCallFilter<CallRepeats>();
        silo.Services.AddSingleton<UploadGrainMetrics>();
        silo.Services.AddSingleton<IUploadFenceClient, UploadFenceClient>();
        silo.Services.AddSingleton<PieceJoins>();
        silo.Services.AddHostedService(services => services.GetRequiredService<PieceJoins>());
        silo.Services.AddOptions<StatusOptions>().BindConfiguration("Ingestion:Status").ValidateDataAnnotations().ValidateOnStart();
        silo.Services.AddSingleton(services => services.GetRequiredService<IOptions<StatusOptions>>().Value.Retention(
            services.GetRequiredService<TimeProvider>()));
        silo.Services.AddOptions<WebhookOptions>().BindConfiguration("Ingestion:Webhooks").ValidateDataAnnotations().ValidateOnStart();
        silo.Services.AddOptions<WebhookOptions>().PostConfigure<IConfiguration>(
            (webhooks, configuration) => webhooks.LinkRoot = configuration["Ingestion:Http:PublicUrl"]?.TrimEnd('/') ?? "");
        silo.Services.AddSingleton<WebhookMetrics>();
        silo.Services.AddSingleton<DeliverySender>();
        silo.Services.AddSingleton<SharedWebhooks>().AddHostedService(services => services.GetRequiredService<SharedWebhooks>());
        silo.Services.AddSingleton<ISiloPlacesClient, SiloPlacesClient>();
        silo.Services.AddSingleton<SiloLives>().AddSingleton<UserPlacesServices>();
        silo.Services.AddSingleton<ActiveJournals>().AddHostedService(services => services.GetRequiredService<ActiveJournals>());
        silo.AddGrainService<SiloAgent>();
        silo.AddGrainService<SiloPlacesService>();
        silo.AddGrainService<UploadFence>();
        silo.AddProgressStream();
        return silo;
    }
}
