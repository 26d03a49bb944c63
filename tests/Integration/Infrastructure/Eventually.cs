using System.Diagnostics;

namespace Ingestion.Tests.Integration.Infrastructure;

/// <summary>Bounded polling, for what a cluster does in its own time and offers no barrier for.</summary>
internal static class Eventually
{
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(25);

    public static async Task TrueAsync(Func<Task<bool>> condition, string what)
    {
        var started = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < Deadline, $"Never: {what}");
            await Task.Delay(_pause);
        }
    }

    /// <summary>Calls again for as long as a silo that went away, or an injected fault, makes the call fail.</summary>
    public static async Task<T> AnsweredAsync<T>(Func<Task<T>> call)
    {
        T answer = default!;
        await TrueAsync(
            async () =>
            {
                try
                {
                    answer = await call();
                    return true;
                }
                catch (Exception e) when (e is OrleansException or TimeoutException or IOException)
                {
                    return false;
                }
            },
            "the call is answered");
        return answer;
    }
}
