namespace Ingestion;

/// <summary>
/// Pauses between attempts at something unavailable: each twice as long as the one before, up to a bound, and none quite as long as another's.
/// </summary>
public static class Backoff
{
    // So that callers that failed together do not retry together.
    private const double Jitter = 0.25;

    // Beyond it the power of two would overflow; every bound is reached long before.
    private const int MostDoublings = 30;

    /// <param name="failures">In a row, the last one included; at least 1.</param>
    /// <param name="first">After the first one.</param>
    /// <param name="longest">The bound.</param>
    public static TimeSpan After(int failures, TimeSpan first, TimeSpan longest)
    {
        var doubled = first * Math.Pow(2, Math.Clamp(failures - 1, 0, MostDoublings));
        return (doubled < longest ? doubled : longest) * (1 + (Jitter * ((2 * Random.Shared.NextDouble()) - 1)));
    }
}
