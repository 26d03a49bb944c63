using Ingestion.Backends.ObjectStore.Inventory;
using Ingestion.Uploads;
using Xunit;

namespace Ingestion.Tests.Contracts.ObjectStores.Contract;

/// <summary>The same store as a check sees it, which is no silo.</summary>
public abstract partial class ObjectStoreContract
{
    private const int Videos = 20;

    /// <summary>Few are looked for one by one, and many by a range that has others in it.</summary>
    [ContractFact]
    public async Task Inventory_FindsTheObjectsOfVideos_HoweverManyAreAsked()
    {
        var ids = Enumerable.Range(0, Videos).Select(_ => MediaId.New(DateTimeOffset.UnixEpoch)).Order(StringComparer.Ordinal).ToArray();
        foreach (var id in ids)
        {
            await Store.PutAsync(ObjectKey.Source(id), new MemoryStream([1, 2, 3]), default);
            await Store.PutAsync(ObjectKey.Poster(id), new MemoryStream([4]), default);
        }

        var listed = new List<StoredObject>();
        await foreach (var item in _test.Inventory.ListAsync(default))
            listed.Add(item);
        Assert.Equal(
            ids.SelectMany(id => new[] { (id, "poster.jpg", 1L), (id, "source", 3L) }),
            listed.Select(item => (item.VideoId, item.Name, item.Length)).Order());
        Assert.All(listed, item => Assert.True(item.LastModified > DateTimeOffset.UnixEpoch));

        foreach (var wanted in new[] { ids[3..5], ids[1..^1] })
        {
            var found = await _test.Inventory.FindAsync([.. wanted, MediaId.New(DateTimeOffset.MaxValue.AddYears(-1))], default);
            Assert.All(wanted, id => Assert.Equal(["poster.jpg", "source"], found[id].Select(item => item.Name).Order(StringComparer.Ordinal)));
            Assert.Empty(found[ids[0]]);
        }

        await using var source = await _test.Inventory.OpenSourceAsync(ids[0], default);
        Assert.Equal(1, source!.ReadByte());
        Assert.Null(await _test.Inventory.OpenSourceAsync(MediaId.New(DateTimeOffset.UnixEpoch), default));
    }

    [ContractFact]
    public async Task Inventory_KnowsWhetherAnUploadHasItsBytes()
    {
        var upload = NewUpload();
        await SendAndLeaveAsync(upload, PartSize + 100_000);
        var bytes = new UploadBytes(upload.Key.VideoId, upload.StoreUploadId, [.. upload.Parts], upload.Tail);
        Assert.True(bytes.Parts.Count > 0 && bytes.Tail is not null);
        Assert.True(await _test.Inventory.HasBytesAsync(bytes, default));
        Assert.True(await _test.Inventory.HasBytesAsync(bytes with { Tail = null }, default));

        await Store.AbortAsync(upload.Key, upload.StoreUploadId, default);
        Assert.False(await _test.Inventory.HasBytesAsync(bytes, default));
        Assert.False(await _test.Inventory.HasBytesAsync(bytes with { Tail = null }, default));
        Assert.False(await _test.Inventory.HasBytesAsync(bytes with { Parts = [] }, default));
        Assert.True(await _test.Inventory.HasBytesAsync(bytes with { Parts = [], Tail = null }, default));
    }
}
