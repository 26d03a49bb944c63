using System.Diagnostics.Metrics;

namespace Ingestion.Grains.Silos.Recycling;

/// <summary>Restarts of this silo by itself. Names and units: docs/operate/metrics.md.</summary>
internal sealed class RecycleMetrics(IMeterFactory meters)
{
    private readonly Counter<long> _recycles = meters.Create("Ingestion")
        .CreateCounter<long>("ingestion.silo.recycles", "{recycle}", "Starts of the silo after it had recycled itself, by the reason.");

    /// <summary>It is back. Its life before would count what no scrape gets any more.</summary>
    public void Returned(string reason) => _recycles.Add(1, new KeyValuePair<string, object?>("ingestion.silo.recycle.reason", reason));
}
