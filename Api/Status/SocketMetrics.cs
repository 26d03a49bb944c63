using System.Diagnostics.Metrics;

namespace Ingestion.Api.Status;

/// <summary>What operators ask about sockets. Names and units: docs/metrics.md.</summary>
internal sealed class SocketMetrics
{
    private readonly UpDownCounter<long> _active;
    private readonly Counter<long> _total;
    private readonly Counter<long> _sent;

    public SocketMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("Ingestion");
        _active = meter.CreateUpDownCounter<long>("active_connections", "{socket}", "Open WebSockets of this silo.");
        _total = meter.CreateCounter<long>("connections_total", "{socket}", "WebSockets accepted since the start.");
        _sent = meter.CreateCounter<long>("messages_sent_total", "{frame}", "Frames sent to clients.");
    }

    public void Opened()
    {
        _active.Add(1);
        _total.Add(1);
    }

    public void Closed() => _active.Add(-1);

    public void Sent() => _sent.Add(1);
}
