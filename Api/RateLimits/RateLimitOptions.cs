using System.ComponentModel.DataAnnotations;

namespace Ingestion.Api.RateLimits;

/// <summary>
/// How often one user, and one address (of IPv6: one /64), may repeat what costs a silo more than it costs them. Each silo counts for itself. After a
/// pause a burst may come at once, see <see cref="RatePolicy"/>. 0 means no limit. Section <c>Ingestion:RateLimits</c>.
/// </summary>
public sealed class RateLimitOptions
{
    /// <summary>Requests a second from one address that are refused for their token, their scope, their ticket or their signature.</summary>
    [Range(0.0, 1_000_000.0)]
    public double RefusalsPerSecondPerAddress { get; set; } = 50;

    /// <summary>Ids a second that one user may request and that do not exist, or are another user's.</summary>
    [Range(0.0, 1_000_000.0)]
    public double UnknownIdsPerSecondPerUser { get; set; } = 10;

    /// <summary>The same of one address.</summary>
    [Range(0.0, 1_000_000.0)]
    public double UnknownIdsPerSecondPerAddress { get; set; } = 50;

    /// <summary>Requests a second of one user that append less than 64 KiB to an upload and do not complete it: each writes its manifest.</summary>
    [Range(0.0, 1_000_000.0)]
    public double SmallAppendsPerSecondPerUser { get; set; } = 20;

    /// <summary>The same of one address.</summary>
    [Range(0.0, 1_000_000.0)]
    public double SmallAppendsPerSecondPerAddress { get; set; } = 100;

    /// <summary>Tickets, shares, changes of webhooks and rounds of part addresses that one user may request in a second.</summary>
    [Range(0.0, 1_000_000.0)]
    public double ChangesPerSecondPerUser { get; set; } = 20;

    /// <summary>The same of one address.</summary>
    [Range(0.0, 1_000_000.0)]
    public double ChangesPerSecondPerAddress { get; set; } = 200;

    /// <summary>Broadcasts a second of one operator.</summary>
    [Range(0.0, 1_000_000.0)]
    public double BroadcastsPerSecondPerUser { get; set; } = 100;

    /// <summary>WebSockets, event streams and polls that one user may begin in a second.</summary>
    [Range(0.0, 1_000_000.0)]
    public double ConnectsPerSecondPerUser { get; set; } = 20;

    /// <summary>The same of one address.</summary>
    [Range(0.0, 1_000_000.0)]
    public double ConnectsPerSecondPerAddress { get; set; } = 500;

    /// <summary>Times a second that one signed part address may be used again.</summary>
    [Range(0.0, 1_000_000.0)]
    public double PartWritesPerSecond { get; set; } = 0.1;

    /// <summary>Polls of one user, and reads of one webhook, that may wait at the same time.</summary>
    [Range(0, 1_000_000)]
    public int HeldPollsPerUser { get; set; } = 100;

    /// <summary>The same of one address.</summary>
    [Range(0, 1_000_000)]
    public int HeldPollsPerAddress { get; set; } = 2_000;
}
