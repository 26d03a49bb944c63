namespace Ingestion.Backends.JobQueue.Watch;

/// <summary>The largest value of the last minute, kept in twelve parts of it.</summary>
internal sealed class MinuteMaximum(TimeProvider time)
{
    private const int Parts = 12;

    private static readonly TimeSpan _part = TimeSpan.FromMinutes(1) / Parts;

    private readonly Lock _gate = new();
    private readonly long _began = time.GetTimestamp();
    private readonly (long Part, double Largest)[] _parts = new (long Part, double Largest)[Parts];

    // Counted from 1: an entry of part 0 is one that nothing was written to.
    private long Now => 1 + (time.GetElapsedTime(_began).Ticks / _part.Ticks);

    public void Add(double value)
    {
        lock (_gate)
        {
            var now = Now;
            ref var entry = ref _parts[now % Parts];
            entry = (now, entry.Part == now ? Math.Max(entry.Largest, value) : value);
        }
    }

    /// <returns>0 when there was none.</returns>
    public double Read()
    {
        lock (_gate)
        {
            var (largest, oldest) = (0.0, Now - Parts);
            foreach (var entry in _parts)
            {
                if (entry.Part > 0 && entry.Part > oldest)
                    largest = Math.Max(largest, entry.Largest);
            }

            return largest;
        }
    }
}
