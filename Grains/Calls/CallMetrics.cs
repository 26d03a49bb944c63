using System.Diagnostics.Metrics;

namespace Ingestion.Grains.Calls;

/// <summary>Calls of grains that are repeated for their callers. Names and units: docs/operate/metrics.md.</summary>
internal sealed class CallMetrics
{
    /// <summary>The silo of the grain went while the call was under way.</summary>
    public const string SiloGone = "silo_gone";

    /// <summary>The state of the grain was written by another activation.</summary>
    public const string StateChanged = "state_changed";

    /// <summary>The grain was in a silo of the release before.</summary>
    public const string OldSilo = "old_silo";

    private readonly Counter<long> _repeated;

    public CallMetrics(IMeterFactory meters) =>
        _repeated = meters.Create("Ingestion").CreateCounter<long>("ingestion.call.repeated", "{call}", "Calls of grains that were repeated for their callers.");

    public void Repeated(string reason) => _repeated.Add(1, new KeyValuePair<string, object?>("ingestion.call.reason", reason));
}
