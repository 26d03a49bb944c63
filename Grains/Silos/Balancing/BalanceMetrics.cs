using System.Diagnostics.Metrics;
using Ingestion.Grains.Silos.Deciding;
using Ingestion.Grains.Silos.Gossip;
using Ingestion.Silos;

namespace Ingestion.Grains.Silos.Balancing;

/// <summary>What this silo knows of the others, and moves to them. Names and units: docs/operate/metrics.md.</summary>
internal sealed class BalanceMetrics
{
    private readonly Counter<long> _moved;

    public BalanceMetrics(IMeterFactory meters, ReportedSilos reported)
    {
        var meter = meters.Create("Ingestion");
        meter.CreateObservableGauge(
            "ingestion.cluster.silo.reported",
            () => Enum.GetValues<MemoryLevel>().Select(level => new Measurement<int>(
                reported.Count(level), new KeyValuePair<string, object?>("ingestion.memory.level", level.Name()))),
            "{silo}", "Other silos that reported their memory in the last five seconds, by level.");
        _moved = meter.CreateCounter<long>("ingestion.socket.moved", "{socket}", "Sockets closed so that they reconnect where there is more room.");
    }

    public void Moved(MoveReason reason, int count) =>
        _moved.Add(count, new KeyValuePair<string, object?>("ingestion.move.reason", reason == MoveReason.Memory ? "memory" : "share"));
}
