using Orleans.Concurrency;
using Orleans.Services;

namespace Ingestion.Uploads;

/// <summary>
/// Ends writers in one silo, reachable from every silo. A stale epoch is refused by the upload's grain, but the bytes never pass there: only the silo that
/// writes them can know that they are written no more.
/// </summary>
[Alias("ingestion.upload-fence"), GrainInterfaceType("ingestion.upload-fence")]
public interface IUploadFence : IGrainService
{
    /// <summary>
    /// Returns once no writer of a lease before <paramref name="epoch"/> writes anything in this silo, now or later
    /// (<see cref="IObjectStore.FenceAsync"/>). It waits for writes under way, but not for long: a client that waits would rather retry.
    /// </summary>
    [Alias("fence"), AlwaysInterleave, ResponseTimeout("00:00:10")]
    Task FenceAsync(string uploadId, long epoch);
}
