using System.Diagnostics.Metrics;

namespace Ingestion.Grains.Silos.Shedding;

/// <summary>Activations by class, and what became of those that were shed. Names and units: docs/operate/metrics.md.</summary>
internal sealed class IdleGrainMetrics
{
    private readonly Counter<long> _shed;
    private readonly Counter<long> _returned;

    public IdleGrainMetrics(IMeterFactory meters, ActivationCensus census)
    {
        var meter = meters.Create("Ingestion");
        meter.CreateObservableUpDownCounter(
            "ingestion.grain.active", () => ByType(census, type => type.Activations), "{activation}", "Activations of grains in this silo.");
        meter.CreateObservableUpDownCounter(
            "ingestion.grain.idle", () => ByType(census, type => type.Idle), "{activation}", "Activations without a call that may be deactivated.");
        meter.CreateObservableUpDownCounter(
            "ingestion.grain.usage", () => ByType(census, type => type.EstimatedBytes), "By", "Memory that activations take, estimated.");
        meter.CreateObservableGauge("ingestion.grain.regret", () => census.Read().Regret, unit: null, "Share of the activations shed that came back.");
        _shed = meter.CreateCounter<long>("ingestion.grain.shed", "{activation}", "Idle activations deactivated to free memory.");
        _returned = meter.CreateCounter<long>("ingestion.grain.returned", "{activation}", "Activations that came back within 60 s of being shed.");
    }

    public void Shed(string type) => _shed.Add(1, Tag(type));

    public void Returned(string type) => _returned.Add(1, Tag(type));

    private static IEnumerable<Measurement<long>> ByType(ActivationCensus census, Func<ActivationsOfType, long> value) =>
        census.ReadTypes().Select(type => new Measurement<long>(value(type), Tag(type.Type)));

    private static KeyValuePair<string, object?> Tag(string type) => new("ingestion.grain.type", type);
}
