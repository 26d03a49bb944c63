using System.Security.Cryptography;
using Ingestion.Backends.Media;
using Ingestion.Uploads;
using Xunit;

namespace Ingestion.Tests.Contracts.ObjectStores.Contract;

public abstract partial class ObjectStoreContract
{
    [ContractFact]
    public async Task Range_HoldsTheRequestedBytes()
    {
        var upload = NewUpload();
        await upload.FinishAsync(35, Chunks(35));
        foreach (var (offset, count, start, length) in new (long, long?, int, int)[]
        {
            (0, null, 0, 35), (5, null, 5, 30), (0, 1, 0, 1), (30, 5, 30, 5), (30, 500, 30, 5), (35, null, 0, 0), (36, 1, 0, 0), (3, 0, 0, 0),
        })
        {
            var content = await Store.OpenReadAsync(upload.Key, offset, count, default);
            await using var stream = content!.Stream;
            using var copy = new MemoryStream();
            await stream.CopyToAsync(copy);
            Assert.Equal(upload.Bytes(start, length), copy.ToArray());
            Assert.Equal(await Store.GetInfoAsync(upload.Key, default), content.Info);
        }
    }

    [ContractFact]
    public async Task Range_HoldsTheRequestedBytes_WhenItSpansParts()
    {
        var upload = NewUpload();
        await upload.FinishAsync((2 * PartSize) + 100, Chunks(1 << 20));
        Assert.Equal(SHA256.HashData(upload.Bytes(PartSize - 1000, PartSize + 1050)),
            SHA256.HashData(await ReadAsync(upload.Key, PartSize - 1000, PartSize + 1050)));
    }

    [ContractFact]
    public async Task Digest_IsThatOfTheBytes_AndReportsHowFarItIs()
    {
        var upload = NewUpload();
        var length = PartSize + 300_000;
        await upload.FinishAsync(length, Chunks(1 << 20));
        var (digest, reports) = (new StoredDigest(Store), new List<double>());
        var computed = await digest.ComputeAsync(upload.Key.VideoId, length, reports.Add, default);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(upload.Bytes(0, length))), computed);
        Assert.Equal(reports.Order(), reports);
        Assert.Equal(1, reports[^1]);
        Assert.True(reports.Count > 1);
    }

    /// <summary>A source that is not whole has no digest: that would be a lie, or an alarm.</summary>
    [ContractFact]
    public async Task Digest_IsNone_WhenTheSourceIsNotThatOfTheRecordOrTheWorkIsCalledOff()
    {
        var (upload, digest) = (NewUpload(), new StoredDigest(Store));
        await Assert.ThrowsAsync<SourceUnavailableException>(() => digest.ComputeAsync(upload.Key.VideoId, 5000, _ => { }, default));
        await upload.FinishAsync(5000, Chunks(5000));
        await Assert.ThrowsAsync<SourceUnavailableException>(() => digest.ComputeAsync(upload.Key.VideoId, 5001, _ => { }, default));
        await Assert.ThrowsAsync<SourceUnavailableException>(() => digest.ComputeAsync(upload.Key.VideoId, 4999, _ => { }, default));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => digest.ComputeAsync(upload.Key.VideoId, 5000, _ => { }, new CancellationToken(true)));
    }

    [ContractFact]
    public async Task Missing_IsNull()
    {
        var key = NewUpload().Key;
        Assert.Null(await Store.GetInfoAsync(key, default));
        Assert.Null(await Store.OpenReadAsync(key, 0, null, default));
        Assert.Null(await Store.OpenReadAsync(key, 0, 0, default));
        Assert.Null(await Store.OpenReadAsync(key, 10, 10, default));
    }

    [ContractFact]
    public async Task Put_ReplacesTheObject_WhenThereIsOne()
    {
        var poster = ObjectKey.Poster(NewUpload().Key.VideoId);
        await Store.PutAsync(poster, new MemoryStream([1, 2, 3]), default);
        var before = await Store.GetInfoAsync(poster, default);
        await Store.PutAsync(poster, new MemoryStream([4, 5]), default);
        Assert.Equal([4, 5], await ReadAsync(poster));
        var after = await Store.GetInfoAsync(poster, default);
        Assert.NotEqual(before!.ETag, after!.ETag);
        Assert.DoesNotContain('"', after.ETag);
        Assert.InRange(after.LastModified, TimeProvider.System.GetUtcNow().AddMinutes(-5), TimeProvider.System.GetUtcNow().AddMinutes(5));
    }

    [ContractFact]
    public async Task File_HoldsTheBytes_WhereObjectsAreFiles()
    {
        var upload = NewUpload();
        await upload.FinishAsync(5000, Chunks(5000));
        if (Store.FileOf(upload.Key) is { } file)
            Assert.Equal(upload.Bytes(0, 5000), await File.ReadAllBytesAsync(file));
    }

    [ContractFact]
    public async Task OpenObject_StaysReadable_WhenItIsDeletedMeanwhile()
    {
        var upload = NewUpload();
        await upload.FinishAsync(35, Chunks(35));
        var content = await Store.OpenReadAsync(upload.Key, 0, null, default);
        await Store.DeleteAllAsync(upload.Key.VideoId, default);
        using var copy = new MemoryStream();
        await using (content!.Stream)
            await content.Stream.CopyToAsync(copy);
        Assert.Equal(upload.Bytes(0, 35), copy.ToArray());
    }

    [ContractFact]
    public void Plan_HoldsTheLargestFile_InTenThousandParts()
    {
        foreach (var length in new long?[] { null, 0, 1, 1L << 30, 5L << 40 })
        {
            var plan = Store.PlanFor(length);
            Assert.InRange(plan.PartOf(Math.Max(0, (length ?? (1L << 40)) - 1)).Number, 1, PartPlan.MostParts);
            Assert.True(length is null || plan.DoublesEvery == 0);
        }
    }
}
