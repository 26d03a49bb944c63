using Ingestion.Uploads;

namespace Ingestion.Api.Uploads;

/// <summary>Looks at uploads without touching them.</summary>
internal sealed class UploadFinder(IGrainFactory grains)
{
    /// <summary>The owner's upload as it is; null when there is none. An id of the wrong shape costs no activation.</summary>
    public async Task<UploadInfo?> FindAsync(string id, string owner) =>
        MediaId.IsValid(id) ? await grains.GetGrain<IUploadGrain>(id).GetInfoAsync(owner) : null;
}
