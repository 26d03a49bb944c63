using Ingestion.Uploads;
using Xunit;

namespace Ingestion.Tests.Contracts.ObjectStores.Contract;

public abstract partial class ObjectStoreContract
{
    [ContractFact]
    public async Task Complete_IsHarmless_WhenItIsRepeated()
    {
        foreach (var length in new[] { 1000, PartSize + 1000 })
        {
            var upload = NewUpload();
            await upload.FinishAsync(length, Chunks(100_000));
            var info = await Store.GetInfoAsync(upload.Key, default);
            Assert.True(await upload.CompleteAsync());
            Assert.Equal(info, await Store.GetInfoAsync(upload.Key, default));
            await upload.AssertStoredAsync(length);
        }
    }

    [ContractFact]
    public async Task Complete_IsRefused_WhenThePartsAreOthers()
    {
        foreach (var length in new[] { 1000, PartSize + 1000 })
        {
            var upload = NewUpload();
            await using (var writer = await upload.OpenAsync())
            {
                await upload.SendAsync(writer, 0, length, Chunks(100_000));
                await upload.CommitPartsAsync(writer, final: true);
            }

            var last = upload.Parts[^1];
            UploadPart[] more = [.. upload.Parts, new UploadPart(last.Number + 1, length, 10, "0123456789abcdef0123456789abcdef")];
            Assert.False(await Store.CompleteAsync(upload.Key, upload.StoreUploadId, more, default));
            Assert.True(await upload.CompleteAsync());
            Assert.False(await Store.CompleteAsync(upload.Key, upload.StoreUploadId, more, default));
            await upload.AssertStoredAsync(length);
        }
    }

    [ContractFact]
    public async Task Complete_IsRefused_WhenThereIsNoSuchUpload()
    {
        var upload = NewUpload();
        Assert.False(await Store.CompleteAsync(upload.Key, "", [new UploadPart(1, 0, 10, "x")], default));
        Assert.False(await Store.CompleteAsync(upload.Key, "unknown", [new UploadPart(1, 0, 10, "x")], default));
    }

    [ContractFact]
    public async Task Abort_RemovesPartsAndTails()
    {
        var upload = NewUpload();
        await SendAndLeaveAsync(upload, PartSize + 100_000);
        Assert.NotEmpty(await UnfinishedAsync(DateTimeOffset.MaxValue));
        await Store.AbortAsync(upload.Key, upload.StoreUploadId, default);
        await Store.AbortAsync(upload.Key, upload.StoreUploadId, default);
        Assert.Empty(await UnfinishedAsync(DateTimeOffset.MaxValue));
        Assert.False(await upload.CompleteAsync());
        await Assert.ThrowsAsync<InvalidDataException>(async () => await upload.OpenAsync());
    }

    [ContractFact]
    public async Task Abort_FindsTheUpload_WhenItsHandleIsNotKnown()
    {
        var upload = NewUpload();
        await using (var writer = await upload.OpenAsync())
        {
            await writer.WriteAsync(upload.Bytes(0, PartSize + 10), default);
            await writer.TakeRestAsync(default);
        }

        await Store.AbortAsync(upload.Key, "", default);
        Assert.Empty(await UnfinishedAsync(DateTimeOffset.MaxValue));
    }

    [ContractFact]
    public async Task Abort_LeavesTheObject_WhenItIsComplete()
    {
        foreach (var length in new[] { 1000, PartSize + 1000 })
        {
            var upload = NewUpload();
            await upload.FinishAsync(length, Chunks(100_000));
            await Store.AbortAsync(upload.Key, upload.StoreUploadId, default);
            await upload.AssertStoredAsync(length);
        }
    }

    [ContractFact]
    public async Task Unfinished_AreListed_UntilTheyEnd()
    {
        var uploads = new List<TestUpload>();
        for (var i = 0; i < 5; i++)
        {
            uploads.Add(NewUpload());
            await SendAndLeaveAsync(uploads[i], PartSize + 10);
        }

        Assert.Empty(await UnfinishedAsync(TimeProvider.System.GetUtcNow().AddHours(-1)));
        var listed = await UnfinishedAsync(TimeProvider.System.GetUtcNow().AddHours(1));
        Assert.Equal(Sorted(uploads.Select(upload => (upload.Key.VideoId, upload.StoreUploadId))),
            Sorted(listed.Select(upload => (upload.VideoId, upload.StoreUploadId))));
        await uploads[0].FinishAsync(PartSize + 20, Chunks(10));
        await Store.AbortAsync(uploads[1].Key, uploads[1].StoreUploadId, default);
        await Store.DeleteAllAsync(uploads[2].Key.VideoId, default);
        Assert.Equal(2, (await UnfinishedAsync(TimeProvider.System.GetUtcNow().AddHours(1))).Count);

        static List<T> Sorted<T>(IEnumerable<T> all) => [.. all.Order()];
    }

    [ContractFact]
    public async Task DeleteAll_RemovesWhatThereIsOfThatVideoOnly()
    {
        var (upload, unfinished, other) = (NewUpload(), NewUpload(), NewUpload());
        await upload.FinishAsync(1000, Chunks(1000));
        await Store.PutAsync(ObjectKey.Poster(upload.Key.VideoId), new MemoryStream([1]), default);
        await SendAndLeaveAsync(unfinished, PartSize + 1000);
        await other.FinishAsync(1000, Chunks(1000));
        foreach (var id in new[] { upload.Key.VideoId, unfinished.Key.VideoId, Guid.CreateVersion7().ToString("N") })
        {
            await Store.DeleteAllAsync(id, default);
            await Store.DeleteAllAsync(id, default);
        }

        Assert.Null(await Store.GetInfoAsync(upload.Key, default));
        Assert.Null(await Store.GetInfoAsync(ObjectKey.Poster(upload.Key.VideoId), default));
        Assert.Empty(await UnfinishedAsync(DateTimeOffset.MaxValue));
        await other.AssertStoredAsync(1000);
    }
}
