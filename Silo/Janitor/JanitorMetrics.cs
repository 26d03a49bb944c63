using System.Diagnostics.Metrics;

namespace Ingestion.Silo.Janitor;

/// <summary>What the janitor does. Names and units: docs/operate/metrics.md.</summary>
internal sealed class JanitorMetrics
{
    private readonly Counter<long> _orphans;

    public JanitorMetrics(IMeterFactory meters) =>
        _orphans = meters.Create("Ingestion").CreateCounter<long>("ingestion.upload.orphan.removed", "{upload}",
            "Unfinished uploads removed from the store: forms whose silo died, and rests of uploads that have ended.");

    public void OrphansRemoved(int count) => _orphans.Add(count);
}
