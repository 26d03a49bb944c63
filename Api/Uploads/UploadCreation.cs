using Ingestion.Api.Problems;
using Ingestion.Uploads;

namespace Ingestion.Api.Uploads;

/// <summary>The beginning of every upload: an id, room in the owner's quota, and a grain that knows it.</summary>
internal static class UploadCreation
{
    /// <summary>The new upload's id, or why there is none; then nothing has changed.</summary>
    public static async Task<(string? Id, Problem? Problem)> CreateUploadAsync(this UploadEdge edge, NewUpload upload, long? expected = null)
    {
        if (upload.Length > edge.Options.Value.MaxFileBytes)
            return (null, Problem.FileTooLarge);
        var id = MediaId.New(edge.Time.GetUtcNow());
        if (await edge.Admission.ReserveAsync(upload.Owner, id, upload.Length ?? expected ?? 0, durable: upload.Kind is not UploadKind.Form) is { } refused)
            return (null, refused);
        try
        {
            var outcome = await edge.Upload(id).CreateAsync(upload);
            return outcome is UploadOutcome.Ok ? (id, null) : throw new InvalidOperationException($"A fresh upload was refused: {outcome}.");
        }
        catch
        {
            // Nobody will ever name this id. Not awaited: what fails here is freed when the reservation ends by itself.
            _ = edge.Grains.GetGrain<IQuotaGrain>(upload.Owner).ReleaseAsync(id);
            throw;
        }
    }
}
