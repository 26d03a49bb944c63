using System.Diagnostics;

namespace Ingestion.Tests.Conformance.Infrastructure;

/// <summary>Bounded polling, for what the engine does in its own time and offers no barrier for.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(25);

    public static Task TrueAsync(Func<bool> condition, string what) => TrueAsync(() => Task.FromResult(condition()), what);

    public static async Task TrueAsync(Func<Task<bool>> condition, string what)
    {
        var started = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(started) > Probe.Deadline) throw new BarrierNotReachedException($"never: {what}");
            await Task.Delay(Pause);
        }
    }
}
