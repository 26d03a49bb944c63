using Ingestion.Api.Problems;
using Ingestion.Api.Uploads.Limits;

namespace Ingestion.Api.Uploads.Sessions;

/// <summary>
/// The bytes that are reserved in the owner's quota for one upload. An upload of known length has reserved all of them at its creation; one of
/// unknown length reserves ahead of its bytes, as far as there is room.
/// </summary>
internal sealed class QuotaReservation(UploadAdmission admission, string owner, string uploadId, long reserved, bool durable)
{
    private const long Step = 64L * 1024 * 1024;

    private long _reserved = reserved;

    /// <summary>Room for the upload's first <paramref name="bytes"/> bytes. Null, or why there is none. Completes at once unless a step is due.</summary>
    public ValueTask<Problem?> CoverAsync(long bytes) => bytes <= _reserved ? default : ReserveAsync(bytes);

    private async ValueTask<Problem?> ReserveAsync(long bytes)
    {
        (var reserved, var problem) = await admission.ReserveAheadAsync(owner, uploadId, bytes, bytes + Step, durable);
        if (problem is null)
            _reserved = reserved;
        return problem;
    }
}
