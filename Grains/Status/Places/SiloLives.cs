using Ingestion.Status;

namespace Ingestion.Grains.Status.Places;

/// <summary>Whether silos that had places live still, by the membership table, and what they know of places.</summary>
internal sealed class SiloLives(IClusterMembershipService membership, IClusterManifestProvider manifests)
{
    /// <inheritdoc cref="PlacesSupport.IsEverywhere"/>
    public bool AllKnowPlaces => PlacesSupport.IsEverywhere(manifests.Current);

    /// <summary>Whether the silo is known to be dead.</summary>
    public bool IsDead(SiloAddress silo) => membership.CurrentSnapshot.GetSiloStatus(silo) is SiloStatus.Dead;

    /// <summary>
    /// Whether the silo is dead, or so long that the table does not have it any more. One that this silo has not heard of may have just come: the table is
    /// read then.
    /// </summary>
    public async ValueTask<bool> IsOverAsync(SiloAddress silo)
    {
        if (membership.CurrentSnapshot.GetSiloStatus(silo) is not SiloStatus.None)
            return IsDead(silo);
        await membership.Refresh();
        return membership.CurrentSnapshot.GetSiloStatus(silo) is SiloStatus.None or SiloStatus.Dead;
    }
}
