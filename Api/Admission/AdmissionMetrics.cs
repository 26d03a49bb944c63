using System.Diagnostics.Metrics;

namespace Ingestion.Api.Admission;

/// <summary>Counts what is refused for want of memory. Names and units: docs/operate/metrics.md.</summary>
internal sealed class AdmissionMetrics(IMeterFactory meters)
{
    private readonly Counter<long> _refused = meters.Create("Ingestion")
        .CreateCounter<long>("ingestion.memory.refused", "{request}", "Requests refused because the silo was short of memory, by what they would have begun.");

    public void Refused(NewWork work) =>
        _refused.Add(1, new KeyValuePair<string, object?>("ingestion.memory.work", work is NewWork.Upload ? "upload" : "subscriber"));
}
