using System.ComponentModel.DataAnnotations;
using Ingestion.Uploads;

namespace Ingestion.Api.Uploads.Limits;

/// <summary>Limits for one user, and one address. 0 means no limit.</summary>
public sealed class UploadLimitsOptions
{
    /// <summary>Uploads of one user that may be under way at the same time.</summary>
    [Range(0, 100_000)]
    public int MaxConcurrentUploadsPerUser { get; set; } = 1_000;

    /// <summary>Bytes that one user's videos may take together; what uploads under way will take is counted, and what pieces of uploads take.</summary>
    [Range(0, long.MaxValue)]
    public long MaxTotalBytesPerUser { get; set; } = 1L << 40;

    /// <summary>Bytes that one user may upload in a day (UTC), removed again or not.</summary>
    [Range(0, long.MaxValue)]
    public long MaxDailyBytesPerUser { get; set; }

    /// <summary>New uploads a second of one user, in each silo.</summary>
    [Range(0.0, 1_000_000.0)]
    public double CreationsPerSecondPerUser { get; set; } = 200;

    /// <summary>How many of them may come at once after a pause.</summary>
    [Range(1, 1_000_000)]
    public int CreationBurstPerUser { get; set; } = 2_000;

    /// <summary>New uploads a second from one address (of IPv6: one /64), in each silo.</summary>
    [Range(0.0, 1_000_000.0)]
    public double CreationsPerSecondPerAddress { get; set; } = 400;

    /// <summary>How many of them may come at once after a pause.</summary>
    [Range(1, 1_000_000)]
    public int CreationBurstPerAddress { get; set; } = 4_000;

    internal QuotaLimits Quota => new(MaxConcurrentUploadsPerUser, MaxTotalBytesPerUser, MaxDailyBytesPerUser);
}
