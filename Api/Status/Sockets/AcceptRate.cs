using System.Threading.RateLimiting;

namespace Ingestion.Api.Status.Sockets;

/// <summary>
/// How many sockets this silo takes a second: when another silo has died all of its clients come at once, and each costs more in its first
/// second than in an idle hour.
/// </summary>
internal sealed class AcceptRate(SocketOptions options, SocketMetrics metrics) : IDisposable
{
    // So that refused clients do not all retry together.
    private const double LongestDelaySeconds = 5;

    // Ten times a second, or as often as one may come.
    private const int PeriodsPerSecond = 10;

    private readonly TokenBucketRateLimiter? _bucket = options.AcceptsPerSecond == 0 ? null : new TokenBucketRateLimiter(OptionsOf(options.AcceptsPerSecond));

    /// <summary>Null when this one may come in; otherwise when it may retry.</summary>
    public TimeSpan? Take()
    {
        using var lease = _bucket?.AttemptAcquire();
        if (lease is null or { IsAcquired: true })
            return null;
        metrics.Refused();
        return Delay();
    }

    /// <summary>When a refused socket may retry.</summary>
    public static TimeSpan Delay() => TimeSpan.FromSeconds(1 + (Random.Shared.NextDouble() * LongestDelaySeconds));

    public void Dispose() => _bucket?.Dispose();

    /// <summary>Whole tokens at a time, and the time that so many take: any rate is kept, not only multiples of ten.</summary>
    internal static TokenBucketRateLimiterOptions OptionsOf(int perSecond)
    {
        var tokens = Math.Max(1, perSecond / PeriodsPerSecond);
        return new TokenBucketRateLimiterOptions
        {
            TokenLimit = perSecond,
            TokensPerPeriod = tokens,
            ReplenishmentPeriod = TimeSpan.FromSeconds(tokens / (double)perSecond),
            QueueLimit = 0,
        };
    }
}
