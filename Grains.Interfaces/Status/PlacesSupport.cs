using Orleans.Metadata;

namespace Ingestion.Status;

/// <summary>Whether sockets may leave it to their silo to keep their place.</summary>
public static class PlacesSupport
{
    /// <summary>
    /// Whether all silos know <see cref="ISiloPlaces"/>. In one of an older release a grain would not look for sockets when it is activated: beside one,
    /// each socket renews its place by itself.
    /// </summary>
    public static bool IsEverywhere(ClusterManifest cluster)
    {
        foreach (var (_, silo) in cluster.Silos)
        {
            if (!silo.Interfaces.ContainsKey(_places))
                return false;
        }

        return true;
    }

    private static readonly GrainInterfaceType _places = GrainInterfaceType.Create("ingestion.silo-places");
}
