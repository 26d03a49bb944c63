using Ingestion.Api.Problems;
using Ingestion.Api.Uploads.Limits;
using Ingestion.Uploads;

namespace Ingestion.Api.Uploads;

/// <summary>The beginning of every upload: an id, room in the owner's quota, and a grain that knows it.</summary>
internal sealed class UploadCreator(IGrainFactory grains, UploadAdmission admission, IOptions<UploadOptions> options, TimeProvider time)
{
    /// <summary>An id for an upload of this kind.</summary>
    public string NewId(UploadKind kind) => kind is UploadKind.Form ? MediaId.NewOfForm(time.GetUtcNow()) : MediaId.New(time.GetUtcNow());

    /// <summary>Creates an upload.</summary>
    /// <param name="upload">The requested upload.</param>
    /// <param name="expected">How many bytes it may have, where no length is declared but something bounds it; null otherwise.</param>
    /// <param name="known">Its id; null makes a new one.</param>
    /// <returns>The new upload's id, or why there is none; then nothing has changed.</returns>
    public async Task<(string? Id, Problem? Problem)> CreateAsync(NewUpload upload, long? expected = null, string? known = null)
    {
        if (upload.Length > options.Value.MaxFileBytes)
            return (null, Problem.FileTooLarge);
        var id = known ?? NewId(upload.Kind);
        if (await admission.ReserveAsync(upload.Owner, id, upload.Length ?? expected ?? 0, durable: upload.Kind is not UploadKind.Form) is { } refused)
            return (null, refused);
        try
        {
            var outcome = await grains.GetGrain<IUploadGrain>(id).CreateAsync(upload);
            if (outcome is UploadOutcome.Ok)
                return (id, null);
            // Only an id that a later request with the same key has closed meanwhile is refused.
            if (known is null || outcome is not UploadOutcome.Ended)
                throw new InvalidOperationException($"A fresh upload was refused: {outcome}.");
            _ = grains.GetGrain<IQuotaGrain>(upload.Owner).ReleaseAsync(id);
            return (null, Problem.IdempotencyKeyRunning);
        }
        catch
        {
            // No client knows this id. Not awaited: if this fails, the reservation ends by itself.
            _ = grains.GetGrain<IQuotaGrain>(upload.Owner).ReleaseAsync(id);
            throw;
        }
    }
}
