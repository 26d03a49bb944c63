using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;

namespace Ingestion.Tests.Integration.Infrastructure;

/// <summary>The metrics of one host's sockets, as an operator would see them.</summary>
public sealed class SocketCounts : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<int, int> _ended = new();
    private int _active;

    /// <summary>To be made before the host makes its instruments.</summary>
    public SocketCounts(IServiceProvider host)
    {
        var meters = host.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            // Of this host only: the others of its cluster have instruments of the same name.
            if (instrument.Meter.Scope == meters && instrument.Name is "ingestion.socket.active" or "ingestion.socket.closed")
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            if (instrument.Name == "ingestion.socket.active")
                Interlocked.Add(ref _active, (int)value);
            else
                _ended.AddOrUpdate((int)tags[0].Value!, (int)value, (_, count) => count + (int)value);
        });
        _listener.Start();
    }

    /// <summary><c>ingestion.socket.active</c>.</summary>
    public int Active => Volatile.Read(ref _active);

    /// <summary><c>ingestion.socket.closed</c> of this close code.</summary>
    public int Ended(int code) => _ended.GetValueOrDefault(code);

    public void Dispose() => _listener.Dispose();
}
