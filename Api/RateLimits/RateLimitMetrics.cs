using System.Diagnostics.Metrics;

namespace Ingestion.Api.RateLimits;

/// <summary>Counts what is refused, in place of log lines that callers could multiply. Names and units: docs/operate/metrics.md.</summary>
internal sealed class RateLimitMetrics(IMeterFactory meters)
{
    /// <summary>Scope of a refusal: the rate of one user.</summary>
    public const string User = "user";

    /// <summary>Scope of a refusal: the rate of one address.</summary>
    public const string Address = "address";

    private readonly Counter<long> _refused = meters.Create("Ingestion")
        .CreateCounter<long>("ingestion.ratelimit.refused", "{request}", "Requests refused by a rate limit, by policy and by whose rate it was.");

    public void Refused(string policy, string scope) =>
        _refused.Add(1, new KeyValuePair<string, object?>("ingestion.ratelimit.policy", policy),
            new KeyValuePair<string, object?>("ingestion.ratelimit.scope", scope));
}
