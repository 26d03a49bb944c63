using Ingestion.Api.Problems;
using Ingestion.Uploads;

namespace Ingestion.Api.Uploads;

/// <summary>Gives uploads up for their owners.</summary>
internal sealed class UploadCancellation(IGrainFactory grains)
{
    /// <summary>Gives the upload up, also while another request writes it; a completed one goes with its video. Null, or why not.</summary>
    public async Task<Problem?> CancelAsync(string id, string owner) =>
        MediaId.IsValid(id) ? UploadProblems.Of(await grains.GetGrain<IUploadGrain>(id).CancelAsync(owner)) : Problem.NotFound;
}
