using Orleans.Metadata;

namespace Ingestion.Silos;

/// <summary>What the silos of a cluster know, while silos of two releases run.</summary>
internal static class KnownInterfaces
{
    /// <summary>Whether all silos know an interface of grains.</summary>
    public static bool IsKnownEverywhere(this ClusterManifest cluster, GrainInterfaceType type)
    {
        foreach (var (_, silo) in cluster.Silos)
        {
            if (!silo.Interfaces.ContainsKey(type))
                return false;
        }

        return true;
    }
}
