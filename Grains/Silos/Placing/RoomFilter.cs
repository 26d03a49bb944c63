using Ingestion.Grains.Silos.Deciding;
using Ingestion.Grains.Silos.Gossip;
using Ingestion.Silos;
using Orleans.Placement;
using Orleans.Runtime.Placement;

namespace Ingestion.Grains.Silos.Placing;

/// <summary>New activations avoid silos that are short of memory. It is put on our grain classes by <see cref="RoomManifest"/>.</summary>
internal sealed class RoomFilterStrategy() : PlacementFilterStrategy(order: 0);

/// <summary>Keeps the silos with room, by what they reported last. A silo that did not report counts as green.</summary>
internal sealed class RoomFilter(ILocalSiloDetails self, IMemoryPressure pressure, ReportedSilos reported) : IPlacementFilterDirector
{
    public IEnumerable<SiloAddress> Filter(PlacementFilterStrategy filterStrategy, PlacementTarget target, IEnumerable<SiloAddress> silos)
    {
        var (lowest, highest) = (MemoryLevel.Emergency, MemoryLevel.Green);
        foreach (var silo in silos)
        {
            var level = LevelOf(silo);
            lowest = level < lowest ? level : lowest;
            highest = level > highest ? level : highest;
        }

        var kept = PlacementRules.Highest(lowest);
        // Nearly always: nothing is made for it.
        return highest <= kept ? silos : Keep(silos, kept);
    }

    private List<SiloAddress> Keep(IEnumerable<SiloAddress> silos, MemoryLevel highest)
    {
        var kept = new List<SiloAddress>();
        foreach (var silo in silos)
        {
            if (LevelOf(silo) <= highest)
                kept.Add(silo);
        }

        // A level may have risen between the two looks.
        return kept.Count > 0 ? kept : [.. silos];
    }

    private MemoryLevel LevelOf(SiloAddress silo) =>
        silo.Equals(self.SiloAddress) ? pressure.Level : reported.Find(silo)?.Level ?? MemoryLevel.Green;
}
