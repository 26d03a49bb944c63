using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Ingestion.Silo.Hosting;

namespace Ingestion.Silo.Telemetry;

/// <summary>
/// The pools of connections to the cluster's database: how many are open and busy, and who had to wait for one. Npgsql measures that under the names of
/// its pools, which are whole connection strings; here a pool is <c>states</c> or <c>membership</c>. Names and units: docs/operate/metrics.md.
/// </summary>
internal sealed class DatabasePoolMetrics : IDisposable
{
    private const string PoolTag = "ingestion.database.pool";
    private const string StateTag = "ingestion.database.connection.state";

    private readonly MeterListener _npgsql = new();
    private readonly Dictionary<string, DatabasePoolUse> _pools;
    private readonly ConcurrentDictionary<string, DatabasePoolUse?> _byName = new();

    public DatabasePoolMetrics(IMeterFactory meters, TimeProvider time)
    {
        _pools = DatabasePools.Names.ToDictionary(name => name, _ => new DatabasePoolUse(time));
        var meter = meters.Create("Ingestion");
        meter.CreateObservableUpDownCounter("ingestion.database.connection.open", CountOpen, "{connection}", "Open connections to the database.");
        meter.CreateObservableUpDownCounter("ingestion.database.connection.limit", () => Of(pool => pool.Limit), "{connection}", "Connections at most.");
        meter.CreateObservableUpDownCounter("ingestion.database.connection.waiting", () => Of(pool => pool.Waiting), "{request}",
            "Requests that wait for a connection now.");
        meter.CreateObservableCounter("ingestion.database.connection.waited", () => Of(pool => pool.Waited), "{request}",
            "Requests that had to wait for a connection.");
        meter.CreateObservableCounter("ingestion.database.connection.wait.time", () => Of(pool => pool.WaitTime.TotalSeconds), "s",
            "How long requests waited for a connection, all together.");
        meter.CreateObservableCounter("ingestion.database.connection.timed_out", () => Of(pool => pool.TimedOut), "{request}",
            "Requests that waited for a connection in vain.");
        Listen();
    }

    public void Dispose() => _npgsql.Dispose();

    private void Listen()
    {
        _npgsql.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Meter.Name == "Npgsql" && instrument.Name.StartsWith("db.client.connection.", StringComparison.Ordinal))
                listener.EnableMeasurementEvents(instrument);
        };
        _npgsql.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Note(instrument.Name, value, tags));
        _npgsql.Start();
    }

    private void Note(string instrument, int value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var (pool, state) = (default(DatabasePoolUse), "");
        foreach (var (key, tag) in tags)
        {
            if (key == "db.client.connection.pool.name" && tag is string name)
                pool = _byName.GetOrAdd(name, static (name, pools) => DatabasePools.NameOf(name) is { } known ? pools[known] : null, _pools);
            else if (key == "db.client.connection.state")
                state = tag as string;
        }

        switch (instrument)
        {
            case "db.client.connection.count" when state == "used":
                pool?.Used = value;
                break;
            case "db.client.connection.count":
                pool?.Idle = value;
                break;
            case "db.client.connection.max":
                pool?.Limit = value;
                break;
            case "db.client.connection.npgsql.pending_requests":
                pool?.Wait(value);
                break;
            case "db.client.connection.npgsql.timeouts":
                pool?.TimeOut();
                break;
        }
    }

    private IEnumerable<Measurement<long>> CountOpen()
    {
        _npgsql.RecordObservableInstruments();
        foreach (var (name, pool) in _pools)
        {
            yield return new Measurement<long>(pool.Used, new(PoolTag, name), new(StateTag, "used"));
            yield return new Measurement<long>(pool.Idle, new(PoolTag, name), new(StateTag, "idle"));
        }
    }

    private IEnumerable<Measurement<T>> Of<T>(Func<DatabasePoolUse, T> value)
        where T : struct =>
        _pools.Select(pool => new Measurement<T>(value(pool.Value), new KeyValuePair<string, object?>(PoolTag, pool.Key)));
}
