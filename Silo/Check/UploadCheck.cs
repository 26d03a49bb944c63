using Ingestion.Backends.GrainStorage.Inventory;
using Ingestion.Backends.ObjectStore.Inventory;
using Ingestion.Grains.Uploads;
using Ingestion.Uploads;

namespace Ingestion.Silo.Check;

/// <summary>From the manifest of an upload to the bytes that it counts as safe, and to its end.</summary>
internal sealed class UploadCheck(CheckScope scope)
{
    public const string GrainType = "upload";

    public async Task<IReadOnlyList<Finding>> LookAsync(IReadOnlyList<StoredState> rows, CancellationToken cancellationToken)
    {
        var findings = new List<Finding>();
        foreach (var row in rows)
        {
            var id = row.Name.Key;
            if (!MediaId.IsValid(id) || !row.TryRead<UploadManifest>(out var upload))
                findings.Add(new Finding(FindingCode.StateDamaged, id, "the state of the upload cannot be read") { State = row.Name });
            else if (!await HasBytesAsync(id, upload, cancellationToken))
                findings.Add(new Finding(FindingCode.UploadBytesMissing, id, $"{upload.Offset} bytes are acknowledged that the store has not") { State = row.Name });
            else if (IsStalled(upload))
                findings.Add(new Finding(FindingCode.UploadStalled, id, $"its time was over at {upload.ExpiresAt:u}, and nothing has ended it ({upload.State})")
                {
                    State = row.Name,
                    Repair = repairs => repairs.CheckUploadAsync(id),
                });
        }

        return findings;
    }

    private async Task<bool> HasBytesAsync(string id, UploadManifest upload, CancellationToken cancellationToken)
    {
        if (upload.State is UploadState.Open)
            return await scope.Objects.HasBytesAsync(new UploadBytes(id, upload.StoreUploadId, upload.Parts, upload.Tail), cancellationToken);
        // A piece that a final upload may still be joined from.
        if (!IsPiece(upload) || upload.ExpiresAt < scope.Time.GetUtcNow())
            return true;
        var objects = await scope.Objects.FindAsync([id], cancellationToken);
        return objects[id].Any(item => item.Name == ObjectKey.Source(id).Name && item.Length == upload.FinalLength);
    }

    /// <summary>Whether the object of this id is the bytes of a part of an upload, and of no video.</summary>
    public static bool IsPiece(UploadManifest upload) => upload is { Kind: UploadKind.Partial, State: UploadState.Completed, IsSpent: false };

    /// <summary>Whether it is under way, so that bytes of it may be anywhere.</summary>
    public static bool IsUnderWay(UploadManifest upload) => upload.State is UploadState.Open or UploadState.Completing or UploadState.Ending;

    /// <summary>Uploads are looked at when their time is over, and a little later: by an eighth of it is more than enough.</summary>
    private bool IsStalled(UploadManifest upload) =>
        IsUnderWay(upload) && upload.Pieces.Count == 0 && upload.ExpiresAt + (upload.TimeToLive / 8) < scope.ChangedBefore;
}
