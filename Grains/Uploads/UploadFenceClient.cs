using Ingestion.Uploads;
using Orleans.Runtime.Services;

namespace Ingestion.Grains.Uploads;

/// <inheritdoc cref="IUploadFenceClient"/>
internal sealed class UploadFenceClient(IServiceProvider services, IClusterMembershipService membership) : GrainServiceClient<IUploadFence>(services),
    IUploadFenceClient
{
    public Task FenceAsync(string uploadId, long epoch) =>
        Task.WhenAll(membership.CurrentSnapshot.Members.Keys.Where(MayWrite).Select(silo => FenceAsync(silo, uploadId, epoch)));

    private async Task FenceAsync(SiloAddress silo, string uploadId, long epoch)
    {
        try
        {
            await GetGrainService(silo).FenceAsync(uploadId, epoch);
        }
        catch (Exception e) when ((e is OrleansException or TimeoutException) && !MayWrite(silo))
        {
            // Dead by now, and its writers with it.
        }
    }

    /// <summary>Whether it has taken requests and is not dead: a silo that shuts down finishes its requests.</summary>
    private bool MayWrite(SiloAddress silo) => membership.CurrentSnapshot.GetSiloStatus(silo) is > SiloStatus.Joining and < SiloStatus.Dead;
}
