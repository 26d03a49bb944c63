using Ingestion.Backends.ObjectStore;
using Ingestion.Tests.Unit.Infrastructure;
using Ingestion.Uploads;

namespace Ingestion.Tests.Unit.ObjectStore;

public sealed class FileObjectStoreTests : IDisposable
{
    private const string Id = "0190163d8694739b8ec16fb0de1b5fb5";
    private const int PartSize = 10;

    private static readonly ObjectKey _source = ObjectKey.Source(Id);
    private static readonly byte[] _bytes = [.. Enumerable.Range(0, 35).Select(i => (byte)i)];

    private readonly TempFolder _folder = new();
    private readonly FileObjectStore _store;

    public FileObjectStoreTests() => _store = new FileObjectStore(_folder.Path);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Parts_AreReportedWhenFullAndTheRestAtTheEnd_WhenBytesComeInAnySize()
    {
        const int Size = 8 << 20;
        var random = new Random(1);
        var bytes = new byte[(2 * Size) + 12_345];
        random.NextBytes(bytes);
        var parts = new List<UploadPart>();
        await using (var writer = await _store.OpenWriterAsync(_source, Id, 0, Size, default))
        {
            for (int at = 0, count; at < bytes.Length; at += count)
            {
                count = Math.Min(random.Next(1, 300_000), bytes.Length - at);
                await writer.WriteAsync(bytes.AsMemory(at, count), default);
                while (await writer.TakePartAsync(final: false, default) is { } part)
                    parts.Add(part);
            }

            Assert.Equal([new(1, 0, Size, ""), new(2, Size, Size, "")], parts);
            Assert.Equal(new UploadPart(3, 2 * Size, 12_345, ""), await writer.TakePartAsync(final: true, default));
            Assert.Null(await writer.TakePartAsync(final: true, default));
        }

        Assert.True(await CompleteAsync(bytes.Length));
        Assert.Equal(bytes, await ReadAsync(_source));
    }

    [Fact]
    public async Task Parts_ComeOneByOne_WhenOneWriteFillsSeveral()
    {
        await using var writer = await OpenAsync(0);
        await writer.WriteAsync(_bytes, default);
        var parts = new List<UploadPart>();
        while (await writer.TakePartAsync(final: true, default) is { } part)
            parts.Add(part);
        Assert.Equal([10, 10, 10, 5], parts.Select(part => part.Length));
        Assert.Equal([1, 2, 3, 4], parts.Select(part => part.Number));
    }

    [Fact]
    public async Task Writer_GoesOnAtItsOffset_WhenAnotherOneWroteBefore()
    {
        await UploadAsync(25);
        await using (var second = await OpenAsync(20))
        {
            await second.WriteAsync(_bytes.AsMemory(20), default);
            Assert.Equal(new UploadPart(3, 20, 10, ""), await second.TakePartAsync(final: true, default));
            Assert.Equal(new UploadPart(4, 30, 5, ""), await second.TakePartAsync(final: true, default));
        }

        Assert.True(await CompleteAsync(35));
        Assert.Equal(_bytes, await ReadAsync(_source));
    }

    [Fact]
    public async Task Object_IsReadableOnlyOnceComplete_WhenUploaded()
    {
        await UploadAsync(35);
        Assert.Null(await _store.GetInfoAsync(_source, default));
        Assert.True(await CompleteAsync(35));
        Assert.Equal(35, (await _store.GetInfoAsync(_source, default))!.Length);
        Assert.Equal(_bytes, await ReadAsync(_source));
        Assert.Equal(_bytes, await File.ReadAllBytesAsync(await _store.GetReadAddressAsync(_source, default)));
        Assert.Single(_folder.Files);
    }

    [Fact]
    public async Task Complete_IsRefusedAndTheBytesStay_WhenTheyAreTooFew()
    {
        await UploadAsync(20);
        Assert.False(await CompleteAsync(35));
        Assert.Null(await _store.GetInfoAsync(_source, default));
        Assert.True(await CompleteAsync(20));
    }

    [Fact]
    public async Task Complete_CutsTheObject_WhenUnacknowledgedBytesFollow()
    {
        await UploadAsync(35);
        Assert.True(await CompleteAsync(20));
        Assert.Equal(_bytes[..20], await ReadAsync(_source));
    }

    [Fact]
    public async Task Complete_IsHarmless_WhenItComesTwice()
    {
        await UploadAsync(20);
        Assert.True(await CompleteAsync(20));
        var info = await _store.GetInfoAsync(_source, default);
        Assert.True(await CompleteAsync(20));
        Assert.Equal(info, await _store.GetInfoAsync(_source, default));
        Assert.False(await CompleteAsync(35));
    }

    [Fact]
    public async Task Complete_IsRefused_WhenThereIsNoSuchUpload() => Assert.False(await CompleteAsync(1));

    [Fact]
    public async Task Abort_LeavesNothing_WhenBytesWereWritten()
    {
        await UploadAsync(35);
        await _store.AbortAsync(_source, Id, default);
        await _store.AbortAsync(_source, Id, default);
        Assert.Empty(_folder.Files);
        Assert.False(await CompleteAsync(35));
    }

    [Fact]
    public async Task Put_ReplacesTheObject_WhenThereIsOne()
    {
        var poster = ObjectKey.Poster(Id);
        await _store.PutAsync(poster, new MemoryStream([1, 2, 3]), default);
        var before = await _store.GetInfoAsync(poster, default);
        await _store.PutAsync(poster, new MemoryStream([4, 5]), default);
        Assert.Equal([4, 5], await ReadAsync(poster));
        Assert.NotEqual(before!.ETag, (await _store.GetInfoAsync(poster, default))!.ETag);
        Assert.Single(_folder.Files);
    }

    [Theory]
    [InlineData(0, null, 0, 35)]
    [InlineData(5, null, 5, 30)]
    [InlineData(0, 1L, 0, 1)]
    [InlineData(30, 5L, 30, 5)]
    [InlineData(30, 500L, 30, 5)]
    [InlineData(35, null, 0, 0)]
    [InlineData(36, 1L, 0, 0)]
    [InlineData(3, 0L, 0, 0)]
    public async Task Range_HoldsTheAskedBytes_WhenRead(long offset, long? count, int expectedStart, int expectedCount)
    {
        await UploadAsync(35);
        await CompleteAsync(35);
        var expected = _bytes.AsSpan(expectedStart, expectedCount).ToArray();
        Assert.Equal(expected, await ReadAsync(_source, offset, count));

        var content = await _store.OpenReadAsync(_source, offset, count, default);
        using var synchronous = new MemoryStream();
        using (content!.Stream)
            content.Stream.CopyTo(synchronous, 3);
        Assert.Equal(expected, synchronous.ToArray());
    }

    [Fact]
    public async Task Missing_IsNull_WhenAskedFor()
    {
        Assert.Null(await _store.GetInfoAsync(_source, default));
        Assert.Null(await _store.OpenReadAsync(_source, 0, null, default));
    }

    [Fact]
    public async Task DeleteAll_RemovesObjectsAndUploadOfThatVideoOnly_WhenThereAreMore()
    {
        var other = ObjectKey.Source("f" + Id[1..]);
        await _store.PutAsync(other, new MemoryStream([9]), default);
        await UploadAsync(10);
        await CompleteAsync(10);
        await _store.PutAsync(ObjectKey.Poster(Id), new MemoryStream([1]), default);
        await UploadAsync(5);

        await _store.DeleteAllAsync(Id, default);
        await _store.DeleteAllAsync(Id, default);
        Assert.Null(await _store.GetInfoAsync(_source, default));
        Assert.Equal([9], await ReadAsync(other));
        Assert.Single(_folder.Files);
    }

    [Fact]
    public async Task OpenObject_StaysReadable_WhenItIsDeletedMeanwhile()
    {
        await UploadAsync(35);
        await CompleteAsync(35);
        var content = await _store.OpenReadAsync(_source, 0, null, default);
        await _store.DeleteAllAsync(Id, default);
        using var copy = new MemoryStream();
        await using (content!.Stream)
            await content.Stream.CopyToAsync(copy);
        Assert.Equal(_bytes, copy.ToArray());
    }

    [Fact]
    public async Task UnfinishedBefore_ListsUploadsByTheirLastWrite_WhenAsked()
    {
        string[] ids = [Id, "a" + Id[1..], "b" + Id[1..]];
        for (var hour = 0; hour < ids.Length; hour++)
        {
            await using (await _store.OpenWriterAsync(ObjectKey.Source(ids[hour]), ids[hour], 0, PartSize, default))
                File.SetLastWriteTimeUtc(Directory.GetFiles(_folder.In("uploads"), ids[hour] + "*").Single(), ManualTime.Start.AddHours(hour).UtcDateTime);
        }

        Assert.Empty(_store.UnfinishedBefore(ManualTime.Start));
        Assert.Equal(ids[..2], _store.UnfinishedBefore(ManualTime.Start.AddHours(2)).Order(StringComparer.Ordinal));
    }

    private ValueTask<IObjectWriter> OpenAsync(long offset) => _store.OpenWriterAsync(_source, Id, offset, PartSize, default);

    private async Task UploadAsync(int count)
    {
        await using var writer = await OpenAsync(0);
        await writer.WriteAsync(_bytes.AsMemory(0, count), default);
        while (await writer.TakePartAsync(final: true, default) is not null)
        {
            // Each one makes more of the bytes durable.
        }
    }

    private Task<bool> CompleteAsync(int length) => _store.CompleteAsync(_source, Id, [new UploadPart(1, 0, length, "")], default);

    private async Task<byte[]> ReadAsync(ObjectKey key, long offset = 0, long? count = null)
    {
        var content = await _store.OpenReadAsync(key, offset, count, default);
        using var copy = new MemoryStream();
        await using (content!.Stream)
            await content.Stream.CopyToAsync(copy);
        return copy.ToArray();
    }
}
