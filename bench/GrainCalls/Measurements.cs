using System.Diagnostics;

namespace Ingestion.Bench.GrainCalls;

internal static class Measurements
{
    /// <summary>Each caller calls a grain of its own, one call after the other.</summary>
    public static async Task<double> CallsPerSecondAsync(IGrainFactory grains, int callers, TimeSpan time)
    {
        using var stop = new CancellationTokenSource(time);
        var started = Stopwatch.GetTimestamp();
        var counts = await Task.WhenAll(Enumerable.Range(0, callers).Select(i =>
            Task.Run(() => CallUntilAsync(grains.GetGrain<IEchoGrain>($"caller-{i}"), stop.Token))));
        return counts.Sum() / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    /// <summary>What the heap grows by, divided by the activations it grew for.</summary>
    public static async Task<double> BytesPerActivationAsync(IGrainFactory grains, int activations)
    {
        await ActivateAsync(grains, "warm-up", 1000);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        await ActivateAsync(grains, "idle", activations);
        return (GC.GetTotalMemory(forceFullCollection: true) - before) / (double)activations;
    }

    private static async Task<long> CallUntilAsync(IEchoGrain grain, CancellationToken stop)
    {
        var calls = 0L;
        for (; !stop.IsCancellationRequested; calls++)
            await grain.EchoAsync(1);
        return calls;
    }

    private static Task ActivateAsync(IGrainFactory grains, string prefix, int count) =>
        Parallel.ForEachAsync(Enumerable.Range(0, count), async (i, _) => await grains.GetGrain<IEchoGrain>($"{prefix}-{i}").EchoAsync(i));
}
