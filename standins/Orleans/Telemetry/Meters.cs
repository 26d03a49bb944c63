using System.Diagnostics.Metrics;

namespace Orleans.Runtime;

/// <summary>The meter "Microsoft.Orleans". Of Orleans' many instruments, those somebody reads here.</summary>
internal static class Meters
{
    private static readonly Meter s_meter = new("Microsoft.Orleans");
    private static long s_activations;

    static Meters() => s_meter.CreateObservableGauge("orleans-catalog-activations", () => Volatile.Read(ref s_activations));

    public static void OnActivated() => Interlocked.Increment(ref s_activations);

    public static void OnDeactivated() => Interlocked.Decrement(ref s_activations);
}
