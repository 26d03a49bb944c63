using Ingestion.Api.Audit;
using Ingestion.Api.Auth;
using Ingestion.Api.Problems;
using Ingestion.Uploads;

namespace Ingestion.Api.Uploads;

/// <summary>Gives uploads up for their owners.</summary>
internal sealed class UploadCancellation(IGrainFactory grains, AuditLog audit)
{
    /// <summary>As <see cref="CancelAsync(string, string)"/>, because the caller of a request wants it.</summary>
    public async Task<Problem?> CancelAsync(string id, HttpContext context)
    {
        var problem = await CancelAsync(id, context.User.UserId());
        if (problem is null)
            audit.Write(context, AuditAct.UploadCancelled, id);
        return problem;
    }

    /// <summary>Gives the upload up, also while another request writes it; a completed one goes with its video. Null, or why not.</summary>
    public async Task<Problem?> CancelAsync(string id, string owner) =>
        MediaId.IsValid(id) ? UploadProblems.Of(await grains.GetGrain<IUploadGrain>(id).CancelAsync(owner)) : Problem.NotFound;
}
