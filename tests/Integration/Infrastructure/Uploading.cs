using Ingestion.Uploads;
using Ingestion.Videos;

namespace Ingestion.Tests.Integration.Infrastructure;

/// <summary>Uploads as the edge of one silo makes them, without HTTP.</summary>
internal static class Uploading
{
    private static readonly byte[] _content = [.. Enumerable.Range(0, 10_000).Select(i => (byte)i)];

    /// <summary>Uploads a small file through one silo; its record.</summary>
    public static async Task<VideoRecord> UploadAsync(this ServiceCluster cluster, IGrainFactory grains, string user, string? id = null)
    {
        id ??= ServiceCluster.NewId();
        var upload = grains.GetGrain<IUploadGrain>(id);
        var lease = await upload.OpenAsync(new OpenUpload(user, "clip.mp4", "video/mp4", _content.Length, Resumable: false));
        await using (var writer = await cluster.Store.OpenWriterAsync(ObjectKey.Source(id), lease.StoreUploadId, lease.Offset, lease.PartSize, CancellationToken.None))
        {
            await writer.WriteAsync(_content, CancellationToken.None);
            while (await writer.TakePartAsync(final: true, CancellationToken.None) is { } part)
                Assert.Equal(UploadOutcome.Ok, (await upload.CommitPartAsync(lease.Epoch, part)).Outcome);
        }

        var completed = await upload.CompleteAsync(lease.Epoch);
        Assert.Equal(UploadOutcome.Ok, completed.Outcome);
        return completed.Video!;
    }
}
