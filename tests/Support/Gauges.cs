using System.Diagnostics.Metrics;

namespace Ingestion.Tests.Support;

/// <summary>Reads what the observable instruments of one host show, as a scrape does.</summary>
public static class Gauges
{
    /// <param name="host">The host's own: others of the process have instruments of the same names.</param>
    /// <returns>Values by the name of the instrument, and of its tags if there are any: <c>a.name tag</c>.</returns>
    public static Dictionary<string, double> Read(IMeterFactory host)
    {
        var read = new Dictionary<string, double>(StringComparer.Ordinal);
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Scope == host && instrument.IsObservable)
                self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Note(instrument, value, tags));
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Note(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Note(instrument, value, tags));
        listener.Start();
        listener.RecordObservableInstruments();
        return read;

        void Note(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var name = instrument.Name;
            foreach (var tag in tags)
                name += $" {tag.Value}";
            read[name] = value;
        }
    }
}
