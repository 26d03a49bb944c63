using Ingestion.Silos;
using Orleans.Metadata;

namespace Ingestion.Webhooks;

/// <summary>Whether there may be webhooks that are pulled.</summary>
public static class PullSupport
{
    private static readonly GrainInterfaceType _events = GrainInterfaceType.Create("ingestion.webhook-events");

    /// <summary>Whether all silos know <see cref="IWebhookEventsGrain"/>. One of an older release would send the events to an empty address.</summary>
    public static bool IsEverywhere(ClusterManifest cluster) => cluster.IsKnownEverywhere(_events);
}
