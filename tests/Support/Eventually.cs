using System.Diagnostics;
using Xunit;

namespace Ingestion.Tests.Support;

/// <summary>Bounded polling, for what happens in its own time and offers no barrier.</summary>
public static class Eventually
{
    /// <summary>No test waits longer for anything; it does not define how long things should take.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(25);

    public static Task TrueAsync(Func<bool> condition, string what) => TrueAsync(() => Task.FromResult(condition()), () => what);

    public static Task TrueAsync(Func<Task<bool>> condition, string what) => TrueAsync(condition, () => what);

    public static async Task TrueAsync(Func<Task<bool>> condition, Func<string> what)
    {
        var started = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(started) >= Deadline)
                Assert.Fail($"Never: {what()}");
            await Task.Delay(_pause);
        }
    }
}
