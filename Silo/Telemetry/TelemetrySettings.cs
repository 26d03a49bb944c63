using System.ComponentModel.DataAnnotations;

namespace Ingestion.Silo.Telemetry;

/// <summary>What is recorded of the silo's work. Section <c>Ingestion:Telemetry</c>.</summary>
internal sealed class TelemetrySettings
{
    /// <summary>
    /// The share of traces that are recorded, where traces are pushed. It is of the trace's id, so that all silos record the same ones; of what callers
    /// bring with a <c>traceparent</c>, at most those that are sampled.
    /// </summary>
    [Range(0.0, 1.0)]
    public double TraceShare { get; set; } = 1;

    /// <summary>
    /// A port for <c>/metrics</c> alone, over plain HTTP, at the host of the silo's first address. 0: metrics are at every address of the silo.
    /// </summary>
    [Range(0, 65535)]
    public int MetricsPort { get; set; }
}
