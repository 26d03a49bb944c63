using System.Collections.Immutable;
using Ingestion.Grains.Silos.Shedding;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;
using Orleans.Configuration;
using Orleans.Metadata;

namespace Ingestion.Grains.Silos.Placing;

/// <summary>
/// The filters of grain classes as this silo's own code has them: <see cref="RoomFilterStrategy"/> for each class of this project (those with
/// <see cref="ReclaimableAttribute"/>) that is placed. Orleans would read them from the manifest of any silo of the cluster. In a rolling upgrade a silo of the
/// older release would find a filter there that it does not have, and place nothing of that class; a newer silo could find the older class, and never
/// filter. So no manifest shows the filter, and no attribute of Orleans' declares it.
/// </summary>
internal sealed class RoomManifest(IClusterManifestProvider cluster, IOptions<GrainTypeOptions> types, GrainTypeResolver names) : IClusterManifestProvider
{
    private const string Filter = nameof(RoomFilterStrategy);

    private static readonly GrainProperties _properties = new(ImmutableDictionary.CreateRange(
        StringComparer.Ordinal,
        [
            KeyValuePair.Create(WellKnownGrainTypeProperties.PlacementFilter, Filter),
            KeyValuePair.Create($"{WellKnownGrainTypeProperties.PlacementFilter}.{Filter}.order", "0"),
        ]));

    private readonly ClusterManifest _manifest = Of([.. types.Value.Classes.Where(IsPlaced).Select(names.GetGrainType)]);

    public ClusterManifest Current => _manifest;

    public GrainManifest LocalGrainManifest => _manifest.AllGrainManifests[0];

    /// <summary>Those of the cluster; nothing of this changes while the silo lives.</summary>
    public IAsyncEnumerable<ClusterManifest> Updates => cluster.Updates;

    private static bool IsPlaced(Type grain) =>
        grain.IsDefined(typeof(ReclaimableAttribute), inherit: false) && !grain.IsDefined(typeof(StatelessWorkerAttribute), inherit: true);

    private static ClusterManifest Of(IEnumerable<GrainType> classes)
    {
        var local = new GrainManifest(
            classes.ToImmutableDictionary(type => type, _ => _properties), ImmutableDictionary<GrainInterfaceType, GrainInterfaceProperties>.Empty);
        return new ClusterManifest(MajorMinorVersion.Zero, ImmutableDictionary<SiloAddress, GrainManifest>.Empty, [local]);
    }
}
