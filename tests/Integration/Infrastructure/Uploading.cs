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
        var completed = await cluster.TryUploadAsync(grains, user, id ?? ServiceCluster.NewId(), UploadKind.Form);
        Assert.Equal(UploadOutcome.Ok, completed.Outcome);
        return completed.Video!;
    }

    /// <summary>Uploads a small file through one silo to its completion, however that goes.</summary>
    public static async Task<CompleteResult> TryUploadAsync(this ServiceCluster cluster, IGrainFactory grains, string user, string id, UploadKind kind)
    {
        var (upload, epoch, last) = await cluster.WriteAsync(grains, user, id, kind);
        return await upload.CompleteAsync(epoch, last);
    }

    /// <summary>A small file is stored, and its upload not completed.</summary>
    public static async Task<(IUploadGrain Upload, long Epoch, UploadCommit Last)> WriteAsync(
        this ServiceCluster cluster, IGrainFactory grains, string user, string id, UploadKind kind)
    {
        var upload = grains.GetGrain<IUploadGrain>(id);
        Assert.Equal(UploadOutcome.Ok, await upload.CreateAsync(New(user, kind, _content.Length)));
        var lease = await upload.AcquireAsync(user, null, null);
        var parts = new List<UploadPart>();
        await using var writer = await cluster.Store.OpenWriterAsync(lease.StartOf(id), CancellationToken.None);
        await writer.WriteAsync(_content, CancellationToken.None);
        while (await writer.TakePartAsync(final: true, CancellationToken.None) is { } part)
            parts.Add(part);
        return (upload, lease.Epoch, new UploadCommit(writer.StoreUploadId, parts, null, null, null, default));
    }

    /// <summary>A client's request.</summary>
    public static NewUpload New(string user, UploadKind kind, long? length, TimeSpan? timeToLive = null) =>
        new(user, kind, "clip.mp4", "video/mp4", length, null, null, timeToLive ?? TimeSpan.FromHours(1));

    /// <summary>Where the writer of this lease continues.</summary>
    public static WriterStart StartOf(this LeaseResult lease, string id) =>
        new(ObjectKey.Source(id), lease.StoreUploadId, lease.Plan, lease.PartsEnd, lease.Tail, lease.Epoch, lease.Length);
}
