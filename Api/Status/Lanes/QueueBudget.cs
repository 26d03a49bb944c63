namespace Ingestion.Api.Status.Lanes;

/// <summary>
/// What waits for slow readers in all sockets of this silo together. Each socket is bounded, but ten thousand of them that stall at once would
/// still hold gigabytes; beyond the budget only a socket for which nothing waits may make something wait.
/// </summary>
internal sealed class QueueBudget(long limitBytes)
{
    private long _used;

    public long LimitBytes => limitBytes;

    public long UsedBytes => Volatile.Read(ref _used);

    /// <summary>Whether <paramref name="bytes"/> more may wait in a socket in which <paramref name="waiting"/> do.</summary>
    public bool Allows(int bytes, long waiting) => waiting == 0 || UsedBytes + bytes <= limitBytes;

    /// <summary>Counts what came (or, negative, went).</summary>
    public void Count(long bytes) => Interlocked.Add(ref _used, bytes);
}
