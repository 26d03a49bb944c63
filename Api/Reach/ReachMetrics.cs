using System.Diagnostics.Metrics;

namespace Ingestion.Api.Reach;

/// <summary>The silos of the cluster as this one sees them. Names and units: docs/operate/metrics.md.</summary>
internal sealed class ReachMetrics
{
    private const string Status = "ingestion.silo.status";

    private readonly ISiloStatusOracle _membership;
    private int _unreachable;

    public ReachMetrics(IMeterFactory meters, ISiloStatusOracle membership)
    {
        _membership = membership;
        var meter = meters.Create("Ingestion");
        meter.CreateObservableUpDownCounter("ingestion.cluster.silos", Count, "{silo}", "Silos of the cluster, as this one sees them.");
        meter.CreateObservableUpDownCounter("ingestion.cluster.silo.unreachable", () => Unreachable, "{silo}", "Active silos that do not answer this one.");
    }

    public int Unreachable
    {
        get => Volatile.Read(ref _unreachable);
        set => Volatile.Write(ref _unreachable, value);
    }

    private IEnumerable<Measurement<int>> Count() => _membership.GetApproximateSiloStatuses().Values.CountBy(status => status)
        .Select(silos => new Measurement<int>(silos.Value, new KeyValuePair<string, object?>(Status, SiloStatusName.Of(silos.Key))));
}
