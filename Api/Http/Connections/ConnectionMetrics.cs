using System.Diagnostics.Metrics;

namespace Ingestion.Api.Http.Connections;

/// <summary>Metrics of connections. Names and units: docs/operate/metrics.md.</summary>
internal sealed class ConnectionMetrics
{
    /// <summary>Kind of a refused connection: any.</summary>
    public const string Any = "any";

    /// <summary>Kind of a refused connection: a WebSocket or an event stream.</summary>
    public const string Lasting = "lasting";

    private readonly UpDownCounter<long> _active;
    private readonly Counter<long> _refused;

    public ConnectionMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("Ingestion");
        _active = meter.CreateUpDownCounter<long>("ingestion.connection.active", "{connection}", "Open connections of clients.");
        _refused = meter.CreateCounter<long>("ingestion.connection.refused", "{connection}", "Connections refused because there was no place, by kind.");
    }

    public void Opened() => _active.Add(1);

    public void Closed() => _active.Add(-1);

    public void Refused(string kind) => _refused.Add(1, new KeyValuePair<string, object?>("ingestion.connection.kind", kind));
}
