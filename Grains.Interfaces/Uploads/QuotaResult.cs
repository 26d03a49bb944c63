namespace Ingestion.Uploads;

/// <summary>What one user may take; 0 means no limit.</summary>
/// <param name="ConcurrentUploads">Uploads under way.</param>
/// <param name="TotalBytes">Finished and reserved.</param>
/// <param name="DailyBytes">Taken since midnight UTC, and reserved.</param>
[GenerateSerializer, Immutable, Alias("ingestion.quota-limits")]
public sealed record QuotaLimits([property: Id(0)] int ConcurrentUploads, [property: Id(1)] long TotalBytes, [property: Id(2)] long DailyBytes)
{
    /// <summary>No limit applies: what was granted before is granted again.</summary>
    public static readonly QuotaLimits None = new(0, 0, 0);
}

/// <summary>How a reservation went.</summary>
public enum QuotaOutcome : byte
{
    /// <summary>Reserved.</summary>
    Ok = 0,

    /// <summary>Too many uploads under way: retry when one has ended.</summary>
    TooManyUploads = 1,

    /// <summary>All that the user may keep is taken.</summary>
    TotalExceeded = 2,

    /// <summary>Today's bytes are taken: retry after midnight UTC.</summary>
    DayExceeded = 3,
}

/// <summary>Answer to a reservation.</summary>
/// <param name="Outcome">How it went.</param>
/// <param name="RetryAfter">When it may go better; null when only the user can change that.</param>
[GenerateSerializer, Immutable, Alias("ingestion.quota-result")]
public sealed record QuotaResult([property: Id(0)] QuotaOutcome Outcome, [property: Id(1)] TimeSpan? RetryAfter)
{
    /// <summary>What is reserved in all, where less than was wanted may have been.</summary>
    [Id(2)]
    public long Bytes { get; init; }
}

/// <summary>What a user takes.</summary>
[GenerateSerializer, Immutable, Alias("ingestion.quota-usage")]
public sealed record QuotaUsage(
    [property: Id(0)] int Uploads,
    [property: Id(1)] long ReservedBytes,
    [property: Id(2)] long TotalBytes,
    [property: Id(3)] long DayBytes);
