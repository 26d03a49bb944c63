using System.Diagnostics.Metrics;
using Ingestion.Api.Status.Channels;
using Ingestion.Api.Status.Lanes;
using Ingestion.Status;

namespace Ingestion.Api.Status.Sockets;

/// <summary>What operators ask about sockets. Names and units: docs/metrics.md.</summary>
internal sealed class SocketMetrics
{
    // Of the last second: what is older than ten seconds is a third of it.
    private const double ChurnWeight = 0.1;

    private readonly UpDownCounter<long> _active;
    private readonly UpDownCounter<long> _roles;
    private readonly UpDownCounter<long> _listening;
    private readonly Counter<long> _total;
    private readonly Counter<long> _ended;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _sent;
    private readonly Counter<long> _sendErrors;
    private readonly Counter<long> _broadcasts;
    private readonly Histogram<double> _latency;
    private readonly TimeProvider _time;
    private long _heartbeat;
    private int _changes;
    private double _churn;

    public SocketMetrics(IMeterFactory meters, TimeProvider time, QueueBudget queues)
    {
        _time = time;
        var meter = meters.Create("Ingestion");
        _active = meter.CreateUpDownCounter<long>("active_connections", "{socket}", "Open WebSockets of this silo.");
        _roles = meter.CreateUpDownCounter<long>("role_connections", "{socket}", "Open WebSockets of this silo by role.");
        _listening = meter.CreateUpDownCounter<long>("broadcast_listeners", "{socket}", "Sockets of this silo in channels of broadcasts.");
        _total = meter.CreateCounter<long>("connections_total", "{socket}", "WebSockets accepted since the start.");
        _ended = meter.CreateCounter<long>("connections_ended_total", "{socket}", "WebSockets that this side closed, by close code.");
        _refused = meter.CreateCounter<long>("connections_refused_total", "{socket}", "WebSockets that were told to come back.");
        _sent = meter.CreateCounter<long>("messages_sent_total", "{frame}", "Frames sent to clients, by lane.");
        _sendErrors = meter.CreateCounter<long>("send_errors_total", "{frame}", "Writes that found the connection gone.");
        _broadcasts = meter.CreateCounter<long>("broadcasts_total", "{broadcast}", "Broadcasts that this silo has told its sockets.");
        _latency = meter.CreateHistogram<double>("message_latency_seconds", "s", "From an event to its acknowledgement by a client, by lane.");
        meter.CreateObservableGauge("socket_queue_bytes", () => queues.UsedBytes, "By", "What waits for slow readers.");
        meter.CreateObservableGauge("socket_queue_limit_bytes", () => queues.LimitBytes, "By", "What may wait for slow readers.");
        meter.CreateObservableGauge("connection_churn_rate", () => Volatile.Read(ref _churn), "{socket}/s", "Sockets that open or close a second, over about ten seconds.");
        meter.CreateObservableGauge("heartbeat_last_timestamp", () => Interlocked.Read(ref _heartbeat), "s", "When the sockets were last looked after, in Unix seconds.");
    }

    public void Opened(IEnumerable<string> roles)
    {
        Interlocked.Increment(ref _changes);
        _active.Add(1);
        _total.Add(1);
        Count(roles, 1);
    }

    public void Closed(IEnumerable<string> roles)
    {
        Interlocked.Increment(ref _changes);
        _active.Add(-1);
        Count(roles, -1);
    }

    public void Ended(CloseCode code) => _ended.Add(1, new KeyValuePair<string, object?>("code", (int)code));

    public void Refused() => _refused.Add(1);

    public void Joined(string channel) => _listening.Add(1, Kind(channel));

    public void Left(string channel) => _listening.Add(-1, Kind(channel));

    public void Broadcast() => _broadcasts.Add(1);

    public void Sent(StatusPriority lane, int frames = 1) => _sent.Add(frames, Lane(lane));

    public void SendFailed() => _sendErrors.Add(1);

    public void Acknowledged(StatusPriority lane, TimeSpan after) => _latency.Record(after.TotalSeconds, Lane(lane));

    /// <summary>Once a second.</summary>
    public void Beat()
    {
        Interlocked.Exchange(ref _heartbeat, _time.GetUtcNow().ToUnixTimeSeconds());
        Volatile.Write(ref _churn, _churn + ((Interlocked.Exchange(ref _changes, 0) - _churn) * ChurnWeight));
    }

    private void Count(IEnumerable<string> roles, int change)
    {
        foreach (var role in roles)
            _roles.Add(change, new KeyValuePair<string, object?>("role", role));
    }

    private static KeyValuePair<string, object?> Lane(StatusPriority lane) => new("lane", lane switch { StatusPriority.Critical => "p0", StatusPriority.State => "p1", _ => "p2" });

    private static KeyValuePair<string, object?> Kind(string channel) => new("channel", channel == ChannelName.System ? "system" : "role");
}
