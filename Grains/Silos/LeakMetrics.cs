using System.Diagnostics.Metrics;

namespace Ingestion.Grains.Silos;

/// <summary>What is known of leaks as metrics. Names and units: docs/operate/metrics.md.</summary>
internal static class LeakMetrics
{
    private static readonly KeyValuePair<string, object?> _managed = new("ingestion.memory.kind", "managed");
    private static readonly KeyValuePair<string, object?> _native = new("ingestion.memory.kind", "native");

    public static void Create(Meter meter, LeakWatch leaks)
    {
        meter.CreateObservableGauge("ingestion.memory.floor.growth",
            () => Of(leaks, static sight => sight.BytesPerHour / 3600), "By/s", "By how much what remains after memory was reclaimed grows.");
        meter.CreateObservableGauge("ingestion.memory.floor.usage",
            () => Of(leaks, static sight => sight.FloorBytes), "By", "What remained when memory was reclaimed last.");
        meter.CreateObservableGauge("ingestion.memory.leak",
            () => Of<int>(leaks, static sight => (int)sight.Verdict), null, "What that means, from 0 (none) to 3 (critical).");
    }

    // What is not known yet is not shown.
    private static IEnumerable<Measurement<T>> Of<T>(LeakWatch leaks, Func<LeakSight, T?> read)
        where T : struct
    {
        if (read(leaks.Managed) is { } managed)
            yield return new Measurement<T>(managed, _managed);
        if (read(leaks.Native) is { } native)
            yield return new Measurement<T>(native, _native);
    }
}
