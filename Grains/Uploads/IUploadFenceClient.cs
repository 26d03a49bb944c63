using Ingestion.Uploads;
using Orleans.Services;

namespace Ingestion.Grains.Uploads;

/// <summary>Reaches the fences of all silos.</summary>
internal interface IUploadFenceClient : IGrainServiceClient<IUploadFence>
{
    /// <summary>
    /// Returns once no writer of a lease before <paramref name="epoch"/> writes anything anywhere. Fails as long as a silo does not answer that
    /// the cluster does not count as dead: it may still write.
    /// </summary>
    Task FenceAsync(string uploadId, long epoch);
}
