using Ingestion.Calls;
using Orleans.CodeGeneration;

namespace Ingestion.Uploads;

/// <summary>
/// What one user's uploads take: bytes of finished videos, bytes taken today, and what uploads under way have reserved. Key: the user id.
/// An upload reserves before it begins; at its end its reservation is committed or released. Each call may be repeated.
/// </summary>
[Alias("ingestion.quota"), GrainInterfaceType("ingestion.quota"), Version(1)]
public interface IQuotaGrain : IGrainWithStringKey
{
    /// <summary>
    /// Reserves <paramref name="bytes"/> for an upload, or raises its reservation to that. Refused, and nothing changed, when a limit would be passed.
    /// A reservation lapses at <paramref name="until"/> unless renewed.
    /// </summary>
    [Alias("reserve"), Repeatable]
    Task<QuotaResult> ReserveAsync(string uploadId, long bytes, bool durable, QuotaLimits limits, DateTimeOffset until);

    /// <summary>
    /// Reserves for an upload of unknown length, whose next bytes end at <paramref name="least"/>: <paramref name="wanted"/> bytes in all, or what there
    /// is room for. Refused, and nothing changed, only when not even <paramref name="least"/> fit. The answer has how many are reserved.
    /// </summary>
    [Alias("reserve-ahead"), Repeatable]
    Task<QuotaResult> ReserveAheadAsync(string uploadId, long least, long wanted, bool durable, QuotaLimits limits, DateTimeOffset until);

    /// <summary>The upload has become a video of this size: its reservation becomes taken bytes.</summary>
    [Alias("commit-reservation"), Repeatable]
    Task CommitReservationAsync(string uploadId, long bytes);

    /// <summary>The upload was given up.</summary>
    [Alias("release"), Repeatable]
    Task ReleaseAsync(string uploadId);

    /// <summary>A video of this size was removed. Today's bytes stay taken.</summary>
    [Alias("return"), Repeatable]
    Task ReturnAsync(string videoId, long bytes);

    /// <summary>The user is erased: nothing is kept of what was taken.</summary>
    [Alias("erase")]
    Task EraseAsync();

    /// <summary>What is taken and reserved now.</summary>
    [Alias("get-usage"), Repeatable]
    Task<QuotaUsage> GetUsageAsync();

    /// <summary>
    /// Ids of uploads that hold a reservation, newest first: those under way, and some that have just ended. At most <paramref name="count"/>, before
    /// the id <paramref name="before"/>; empty: from the newest on.
    /// </summary>
    [Alias("list-uploads"), Repeatable]
    Task<IReadOnlyList<string>> ListUploadsAsync(string before, int count);
}
