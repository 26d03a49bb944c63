using System.Threading.RateLimiting;

namespace Ingestion.Api.Status;

/// <summary>
/// How many sockets this silo takes a second: when another silo has died all of its clients come at once, and each costs more in its first
/// second than in an idle hour.
/// </summary>
internal sealed class AcceptRate(SocketOptions options, SocketMetrics metrics) : IDisposable
{
    // So that those who are sent away do not all come back together.
    private const double LongestDelaySeconds = 5;

    private readonly TokenBucketRateLimiter? _bucket = options.AcceptsPerSecond == 0 ? null : new TokenBucketRateLimiter(new TokenBucketRateLimiterOptions
    {
        TokenLimit = options.AcceptsPerSecond,
        TokensPerPeriod = Math.Max(1, options.AcceptsPerSecond / 10),
        ReplenishmentPeriod = TimeSpan.FromSeconds(Math.Max(0.1, 1.0 / options.AcceptsPerSecond)),
        QueueLimit = 0,
    });

    /// <summary>Null when this one may come in; otherwise when it may try again.</summary>
    public TimeSpan? Take()
    {
        using var lease = _bucket?.AttemptAcquire();
        if (lease is null or { IsAcquired: true })
            return null;
        metrics.Refused();
        return TimeSpan.FromSeconds(1 + (Random.Shared.NextDouble() * LongestDelaySeconds));
    }

    public void Dispose() => _bucket?.Dispose();
}
