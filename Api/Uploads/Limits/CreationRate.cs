using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;

namespace Ingestion.Api.Uploads.Limits;

/// <summary>
/// How often one user, and one address, may begin an upload in this silo: two token buckets. A bucket goes when it has been full for a
/// while, so that memory follows the clients of the last seconds.
/// </summary>
internal sealed class CreationRate(IOptions<UploadLimitsOptions> options) : IDisposable
{
    // An address of IPv6 is one of the 2^64 that its holder can pick from.
    private const int NetworkBytes = 8;

    private static readonly TimeSpan _unknownDelay = TimeSpan.FromSeconds(1);

    private readonly PartitionedRateLimiter<string> _users = Buckets(options.Value.CreationsPerSecondPerUser, options.Value.CreationBurstPerUser);
    private readonly PartitionedRateLimiter<string> _addresses = Buckets(options.Value.CreationsPerSecondPerAddress, options.Value.CreationBurstPerAddress);

    /// <summary>Null when this one may begin; otherwise when the next one may.</summary>
    public TimeSpan? Take(string user, IPAddress? address) => Take(_users, user) ?? Take(_addresses, NetworkOf(address));

    public void Dispose()
    {
        _users.Dispose();
        _addresses.Dispose();
    }

    /// <summary>What counts as one address.</summary>
    internal static string NetworkOf(IPAddress? address)
    {
        if (address is null)
            return "";
        if (address.IsIPv4MappedToIPv6)
            return address.MapToIPv4().ToString();
        return address.AddressFamily is AddressFamily.InterNetworkV6 ? Convert.ToHexString(address.GetAddressBytes().AsSpan(0, NetworkBytes)) : address.ToString();
    }

    private static TimeSpan? Take(PartitionedRateLimiter<string> buckets, string key)
    {
        using var lease = buckets.AttemptAcquire(key);
        if (lease.IsAcquired)
            return null;
        return lease.TryGetMetadata(MetadataName.RetryAfter, out var delay) ? delay : _unknownDelay;
    }

    private static PartitionedRateLimiter<string> Buckets(double perSecond, int burst) => PartitionedRateLimiter.Create<string, string>(
        key => perSecond > 0
            ? RateLimitPartition.GetTokenBucketLimiter(key, _ => Bucket(perSecond, burst))
            : RateLimitPartition.GetNoLimiter(""),
        StringComparer.Ordinal);

    /// <summary>A token at a time, however long one takes: the delay that a refused client is told is then the true one.</summary>
    private static TokenBucketRateLimiterOptions Bucket(double perSecond, int burst) => new()
    {
        TokenLimit = burst,
        TokensPerPeriod = 1,
        ReplenishmentPeriod = TimeSpan.FromSeconds(1 / perSecond),
        AutoReplenishment = false,
        QueueLimit = 0,
    };
}
