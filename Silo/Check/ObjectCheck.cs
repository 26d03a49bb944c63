using Ingestion.Backends.ObjectStore.Inventory;
using Ingestion.Grains.Uploads;
using Ingestion.Grains.Videos;
using Ingestion.Uploads;

namespace Ingestion.Silo.Check;

/// <summary>From the bytes to the row that knows them.</summary>
internal sealed class ObjectCheck(CheckScope scope)
{
    /// <summary>For how long a form may last, of which no row is stored before its end.</summary>
    public static readonly TimeSpan LongestForm = TimeSpan.FromHours(24);

    public async Task<IReadOnlyList<Finding>> LookAsync(IReadOnlyList<StoredObject> objects, CancellationToken cancellationToken)
    {
        var ids = objects.Select(item => item.VideoId).Distinct().ToArray();
        var videos = await scope.FindAsync<VideoState>(VideoCheck.GrainType, ids, cancellationToken);
        var uploads = await scope.FindAsync<UploadManifest>(UploadCheck.GrainType, ids.Where(id => !HasVideo(videos, id)), cancellationToken);
        return [.. objects.Where(item => item.LastModified < scope.ChangedBefore).Select(Look).OfType<Finding>()];

        Finding? Look(StoredObject item)
        {
            var what = $"{item.Name} of {item.Length} bytes, of {item.LastModified:u}";
            var isOfVideo = item.Name == ObjectKey.Source(item.VideoId).Name || item.Name == ObjectKey.Poster(item.VideoId).Name;
            if (HasVideo(videos, item.VideoId))
                return isOfVideo ? null : new Finding(FindingCode.ObjectUnknown, item.VideoId, $"{what}: its upload is over");
            if (uploads.GetValueOrDefault(item.VideoId) is { } upload && (UploadCheck.IsUnderWay(upload) || UploadCheck.IsPiece(upload)))
                return null;
            var why = videos.GetValueOrDefault(item.VideoId) switch
            {
                { Removed: true } => "its video was removed",
                { ClosedAt: not null } => "its id was closed without a video",
                _ => "no row knows it",
            };
            return new Finding(FindingCode.ObjectUnknown, item.VideoId, $"{what}: {why}");
        }
    }

    public async Task<IReadOnlyList<Finding>> LookAsync(IReadOnlyList<UnfinishedUpload> unfinished, CancellationToken cancellationToken)
    {
        var uploads = await scope.FindAsync<UploadManifest>(UploadCheck.GrainType, unfinished.Select(item => item.VideoId), cancellationToken);
        return
        [
            .. unfinished.Where(item => !(uploads.GetValueOrDefault(item.VideoId) is { } upload && UploadCheck.IsUnderWay(upload))).Select(
                item => new Finding(FindingCode.UploadUnknown, item.VideoId, "the store has an unfinished upload of it, and no row knows one")),
        ];
    }

    private static bool HasVideo(IReadOnlyDictionary<string, VideoState> videos, string id) => videos.GetValueOrDefault(id)?.Record is not null;
}
