using Ingestion.Silos;
using Orleans.Metadata;

namespace Ingestion.Status;

/// <summary>Whether sockets may leave it to their silo to keep their place.</summary>
public static class PlacesSupport
{
    private static readonly GrainInterfaceType _places = GrainInterfaceType.Create("ingestion.silo-places");

    /// <summary>
    /// Whether all silos know <see cref="ISiloPlaces"/>. In one of an older release a grain would not look for sockets when it is activated: beside one,
    /// each socket renews its place by itself.
    /// </summary>
    public static bool IsEverywhere(ClusterManifest cluster) => cluster.IsKnownEverywhere(_places);
}
