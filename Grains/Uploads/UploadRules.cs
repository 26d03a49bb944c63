using Ingestion.Uploads;

namespace Ingestion.Grains.Uploads;

/// <summary>The decisions of an upload: pure, so that every order of events can be tried without a grain.</summary>
internal static class UploadRules
{
    /// <summary>A writer asks for the lease of an upload that exists.</summary>
    public static (UploadOutcome Outcome, UploadManifest Next) TakeOver(UploadManifest manifest, string owner)
    {
        if (manifest.State is UploadState.None || manifest.Owner != owner)
            return (UploadOutcome.NotFound, manifest);
        if (manifest.State is not UploadState.Open)
            return (UploadOutcome.Ended, manifest);
        return (UploadOutcome.Ok, manifest with { Epoch = manifest.Epoch + 1 });
    }

    /// <summary>Whether the writer of <paramref name="epoch"/> may still change the upload.</summary>
    public static UploadOutcome Check(UploadManifest manifest, long epoch) => manifest.State switch
    {
        UploadState.None => UploadOutcome.NotFound,
        UploadState.Open => epoch == manifest.Epoch ? UploadOutcome.Ok : UploadOutcome.StaleEpoch,
        _ => UploadOutcome.Ended,
    };

    /// <summary>
    /// A part is safe in the store. It must start where the manifest ends and have the number that follows from its offset; every part but
    /// the last is full, so nothing may follow a short one.
    /// </summary>
    public static (UploadOutcome Outcome, UploadManifest Next) Commit(UploadManifest manifest, long epoch, UploadPart part)
    {
        if (Check(manifest, epoch) is not UploadOutcome.Ok and var refused)
            return (refused, manifest);
        var fits = part.Offset == manifest.Offset
            && part.Offset % manifest.PartSize == 0
            && part.Number == 1 + (part.Offset / manifest.PartSize)
            && part.Length > 0
            && part.Length <= manifest.PartSize;
        return fits
            ? (UploadOutcome.Ok, manifest with { Parts = [.. manifest.Parts, part] })
            : (UploadOutcome.OffsetMismatch, manifest);
    }
}
