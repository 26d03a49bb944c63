using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Orleans.Runtime;

internal sealed class LocalhostClusteringOptions
{
    public IPEndPoint? PrimarySiloEndpoint { get; set; }
}

/// <summary>
/// How hosts of this process that name a primary silo find its cluster; the stand-in of a network. A host that names none starts a cluster of its own.
/// </summary>
internal static class LocalClusters
{
    private static readonly ConcurrentDictionary<IPEndPoint, WeakReference<Cluster>> s_byPrimary = new();

    public static Cluster Find(IServiceProvider services)
    {
        var endpoints = services.GetRequiredService<IOptions<Configuration.EndpointOptions>>().Value;
        var own = new IPEndPoint(endpoints.AdvertisedIPAddress, endpoints.SiloPort);
        var primary = services.GetRequiredService<IOptions<LocalhostClusteringOptions>>().Value.PrimarySiloEndpoint;
        if (primary is not null && !primary.Equals(own))
        {
            return s_byPrimary.TryGetValue(primary, out var known) && known.TryGetTarget(out var joined)
                ? joined
                : throw new OrleansConfigurationException($"No silo at {primary} in this process. The Embedded engine joins nothing beyond it: use Engine=Orleans.");
        }

        var cluster = new Cluster();
        s_byPrimary[own] = new(cluster);
        return cluster;
    }
}
