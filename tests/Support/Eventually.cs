using System.Diagnostics;
using Xunit;

namespace Ingestion.Tests.Shared;

/// <summary>Bounded polling, for what happens in its own time and offers no barrier.</summary>
internal static class Eventually
{
    private static readonly TimeSpan _deadline = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(10);

    public static async Task TrueAsync(Func<bool> condition, string what)
    {
        var started = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < _deadline, $"Never: {what}");
            await Task.Delay(_pause);
        }
    }
}
