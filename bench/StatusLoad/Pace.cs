using System.Diagnostics;

namespace Ingestion.Bench.StatusLoad;

/// <summary>So many bytes a second for all that share it, in the order in which they come.</summary>
internal sealed class Pace(double bytesPerSecond)
{
    private readonly Lock _gate = new();
    private long _free = Stopwatch.GetTimestamp();

    /// <summary>Returns when these bytes have had their time.</summary>
    public Task TakeAsync(int bytes)
    {
        TimeSpan wait;
        lock (_gate)
        {
            var now = Stopwatch.GetTimestamp();
            _free = Math.Max(_free, now) + (long)(bytes / bytesPerSecond * Stopwatch.Frequency);
            wait = Stopwatch.GetElapsedTime(now, _free);
        }

        return Task.Delay(wait);
    }
}
