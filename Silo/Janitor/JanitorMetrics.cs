using System.Diagnostics.Metrics;

namespace Ingestion.Silo.Janitor;

/// <summary>What the janitor does. Names and units: docs/metrics.md.</summary>
internal sealed class JanitorMetrics
{
    private readonly Counter<long> _orphans;

    public JanitorMetrics(IMeterFactory meters) =>
        _orphans = meters.Create("Ingestion").CreateCounter<long>("orphans_removed_total", "{upload}", "Unfinished uploads in the store that nobody went on with.");

    public void OrphansRemoved(int count) => _orphans.Add(count);
}
