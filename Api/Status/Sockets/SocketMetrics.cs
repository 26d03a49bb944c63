using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text.Json;
using Ingestion.Api.Status.Channels;
using Ingestion.Api.Status.Lanes;
using Ingestion.Status;

namespace Ingestion.Api.Status.Sockets;

/// <summary>Metrics of sockets. Names and units: docs/operate/metrics.md.</summary>
internal sealed class SocketMetrics
{
    // Of the last second: what is older than ten seconds is a third of it.
    private const double ChurnWeight = 0.1;

    // A state reaches a client in milliseconds; a client that sleeps acknowledges after minutes.
    private static readonly InstrumentAdvice<double> _buckets =
        new() { HistogramBucketBoundaries = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60] };

    private readonly UpDownCounter<long> _active;
    private readonly UpDownCounter<long> _roles;
    private readonly UpDownCounter<long> _listeners;
    private readonly Counter<long> _opened;
    private readonly Counter<long> _ended;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _sent;
    private readonly Counter<long> _sendFailed;
    private readonly Counter<long> _broadcasts;
    private readonly Histogram<double> _delivery;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<CloseCode, long> _closes = new();
    private long _heartbeat;
    private int _changes;
    private double _churn;

    public SocketMetrics(IMeterFactory meters, TimeProvider time, QueueBudget queues)
    {
        _time = time;
        var meter = meters.Create("Ingestion");
        _active = meter.CreateUpDownCounter<long>("ingestion.socket.active", "{socket}", "Open WebSockets of this silo.");
        _roles = meter.CreateUpDownCounter<long>("ingestion.socket.role.active", "{socket}", "Open WebSockets of this silo, by role of their user.");
        _opened = meter.CreateCounter<long>("ingestion.socket.opened", "{socket}", "WebSockets accepted.");
        _ended = meter.CreateCounter<long>("ingestion.socket.closed", "{socket}", "WebSockets closed by this silo, by close code.");
        _refused = meter.CreateCounter<long>("ingestion.socket.refused", "{socket}", "WebSockets refused because too many came at once.");
        _sent = meter.CreateCounter<long>("ingestion.socket.message.sent", "{message}", "Messages sent to clients, by lane.");
        _sendFailed = meter.CreateCounter<long>("ingestion.socket.message.failed", "{message}", "Messages not sent because the connection was gone.");
        _listeners = meter.CreateUpDownCounter<long>(
            "ingestion.broadcast.listener.active", "{socket}", "Sockets of this silo in broadcast channels, by kind of channel.");
        _broadcasts = meter.CreateCounter<long>("ingestion.broadcast.sent", "{broadcast}", "Broadcasts that this silo sent to its sockets.");
        _delivery = meter.CreateHistogram("ingestion.message.latency", "s", "From an event to its acknowledgement by a client, by lane.", tags: null,
            _buckets);
        CreateObservables(meter, queues);
    }

    public void Opened(IEnumerable<string> roles)
    {
        Interlocked.Increment(ref _changes);
        _active.Add(1);
        _opened.Add(1);
        Count(roles, 1);
    }

    public void Closed(IEnumerable<string> roles)
    {
        Interlocked.Increment(ref _changes);
        _active.Add(-1);
        Count(roles, -1);
    }

    /// <summary>What <c>ingestion.socket.closed</c> counts, for operators without a monitoring system.</summary>
    public IReadOnlyList<SocketCloses> Closes => [.. _closes.OrderBy(closes => closes.Key)
        .Select(closes => new SocketCloses((int)closes.Key, JsonNamingPolicy.SnakeCaseLower.ConvertName(closes.Key.ToString()), closes.Value))];

    public void Ended(CloseCode code)
    {
        _closes.AddOrUpdate(code, 1, (_, count) => count + 1);
        _ended.Add(1, new KeyValuePair<string, object?>("ingestion.socket.close_code", (int)code));
    }

    public void Refused() => _refused.Add(1);

    public void Joined(string channel) => _listeners.Add(1, Kind(channel));

    public void Left(string channel) => _listeners.Add(-1, Kind(channel));

    public void Broadcast() => _broadcasts.Add(1);

    public void Sent(StatusPriority lane, int frames = 1) => _sent.Add(frames, Lane(lane));

    public void SendFailed() => _sendFailed.Add(1);

    public void Acknowledged(StatusPriority lane, TimeSpan after) => _delivery.Record(after.TotalSeconds, Lane(lane));

    /// <summary>Once a second.</summary>
    public void Beat()
    {
        Interlocked.Exchange(ref _heartbeat, _time.GetUtcNow().ToUnixTimeSeconds());
        Volatile.Write(ref _churn, _churn + ((Interlocked.Exchange(ref _changes, 0) - _churn) * ChurnWeight));
    }

    private void CreateObservables(Meter meter, QueueBudget queues)
    {
        meter.CreateObservableUpDownCounter("ingestion.socket.queue.usage", () => queues.UsedBytes, "By", "Bytes that wait for slow readers.");
        meter.CreateObservableUpDownCounter("ingestion.socket.queue.limit", () => queues.LimitBytes, "By", "Bytes that may wait for slow readers.");
        meter.CreateObservableGauge("ingestion.socket.churn", () => Volatile.Read(ref _churn), "{socket}/s",
            "Sockets that open or close a second, averaged over about ten seconds.");
        meter.CreateObservableGauge("ingestion.socket.heartbeat.timestamp", () => Interlocked.Read(ref _heartbeat), "s",
            "When the clock of the sockets ticked last, in Unix seconds.");
    }

    private void Count(IEnumerable<string> roles, int change)
    {
        foreach (var role in roles)
            _roles.Add(change, new KeyValuePair<string, object?>("ingestion.socket.role", role));
    }

    private static KeyValuePair<string, object?> Lane(StatusPriority lane) =>
        new("ingestion.socket.lane", lane switch { StatusPriority.Critical => "p0", StatusPriority.State => "p1", _ => "p2" });

    private static KeyValuePair<string, object?> Kind(string channel) => new("ingestion.broadcast.channel", channel == ChannelName.System ? "system" : "role");
}
