using Ingestion.Backends.ObjectStore.Files;
using Ingestion.Backends.ObjectStore.Inventory;
using Ingestion.Tests.Contracts.ObjectStores.Contract;
using Ingestion.Uploads;
using Xunit;

namespace Ingestion.Tests.Contracts.ObjectStores.Files;

/// <summary>What is peculiar to files and no part of the contract.</summary>
public sealed class FileObjectStoreTests : IAsyncDisposable
{
    private const int PartSize = 1_000_000;

    private readonly StoreUnderTest _test = new();
    private readonly FileObjectStore _store;
    private readonly TestUpload _upload;

    public FileObjectStoreTests()
    {
        _store = new FileObjectStore(_test.Folder, _test.Buffers);
        _test.With(_store, new FileObjects(_test.Folder), PartSize);
        _upload = new TestUpload(_store, new PartPlan(PartSize));
    }

    private IEnumerable<string> Files =>
        Directory.EnumerateFiles(_test.Folder, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(_test.Folder, file))
            .Order(StringComparer.Ordinal);

    public async ValueTask DisposeAsync()
    {
        _test.AssertNothingHeld();
        await _test.DisposeAsync();
    }

    [Fact]
    public async Task OneFile_IsAllThereIs_WhenComplete()
    {
        await _upload.FinishAsync(1_500_000, () => 100_000);
        Assert.Equal([Path.GetRelativePath(_test.Folder, _store.FileOf(_upload.Key)!)], Files);
    }

    [Fact]
    public async Task Nothing_IsLeft_WhenAborted()
    {
        await InterruptAsync(_upload, 1_500_000);
        await _store.AbortAsync(_upload.Key, _upload.StoreUploadId, default);
        Assert.Empty(Files);
    }

    [Fact]
    public async Task Object_IsCut_WhenUnacknowledgedBytesFollow()
    {
        await using (var writer = await _upload.OpenAsync())
            await writer.WriteAsync(_upload.Bytes(0, 3_000_000), default);
        await _upload.FinishAsync(1000, () => 1000);
        await _upload.AssertStoredAsync(1000);
    }

    [Fact]
    public async Task Unfinished_AreListedByTheirLastWrite()
    {
        var uploads = Enumerable.Range(0, 3).Select(_ => new TestUpload(_store, new PartPlan(PartSize))).ToList();
        var start = TimeProvider.System.GetUtcNow().AddDays(-1);
        foreach (var (upload, hour) in uploads.Select((upload, hour) => (upload, hour)))
        {
            await InterruptAsync(upload, 1000);
            File.SetLastWriteTimeUtc(Directory.GetFiles(Path.Combine(_test.Folder, "uploads"), upload.Key.VideoId + "*").Single(),
                start.AddHours(hour).UtcDateTime);
        }

        Assert.Equal([], await UnfinishedAsync(start));
        Assert.Equal(uploads[..2].Select(upload => upload.Key.VideoId).Order(StringComparer.Ordinal), (await UnfinishedAsync(start.AddHours(2)))
            .Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Markers_AreSweptToo_WhenACrashLeftThemAlone()
    {
        var id = await _test.Direct.BeginAsync(_upload.Key, default);
        await _test.Direct.PutPartAsync(_upload.Key, id, new PartSpan(1, 0, PartSize), 10, new MemoryStream(_upload.Bytes(0, 10)), default);
        var parts = await _test.Direct.ListPartsAsync(_upload.Key, id, new PartPlan(PartSize), default);
        var markers = Path.Combine(_test.Folder, "uploads", id + ".parts");
        var kept = Path.Combine(_test.Folder, "kept");
        Directory.CreateDirectory(kept);
        foreach (var marker in Directory.EnumerateFiles(markers))
            File.Copy(marker, Path.Combine(kept, Path.GetFileName(marker)));
        Assert.True(await _store.CompleteAsync(_upload.Key, id, parts!, default));
        Assert.False(Directory.Exists(markers));

        // The crash came between the rename and this.
        Directory.Move(kept, markers);
        Assert.Equal([id], await UnfinishedAsync(DateTimeOffset.MaxValue));
        Assert.True(await _store.CompleteAsync(_upload.Key, id, parts!, default));
        Assert.Empty(await UnfinishedAsync(DateTimeOffset.MaxValue));
        await _upload.AssertStoredAsync(10);
    }

    [Fact]
    public async Task DirectPart_CountsAsMissing_FromTheMomentItIsWrittenOver()
    {
        var id = await _test.Direct.BeginAsync(_upload.Key, default);
        var span = new PartSpan(1, 0, PartSize);
        await _test.Direct.PutPartAsync(_upload.Key, id, span, 10, new MemoryStream(_upload.Bytes(0, 10)), default);
        // The client breaks off in the middle.
        await Assert.ThrowsAsync<EndOfStreamException>(() => _test.Direct.PutPartAsync(_upload.Key, id, span, 10, new MemoryStream([1, 2, 3]), default));
        Assert.Empty((await _test.Direct.ListPartsAsync(_upload.Key, id, new PartPlan(PartSize), default))!);
    }

    [Fact]
    public async Task DirectPart_IsTakenOver_ByANewRequest()
    {
        var id = await _test.Direct.BeginAsync(_upload.Key, default);
        var span = new PartSpan(1, 0, PartSize);
        var hanging = new HangingStream();
        var older = _test.Direct.PutPartAsync(_upload.Key, id, span, 10, hanging, default);
        await hanging.Reading;
        await _test.Direct.PutPartAsync(_upload.Key, id, span, 10, new MemoryStream(_upload.Bytes(0, 10)), default);
        await Assert.ThrowsAsync<WriterFencedException>(() => older);
        Assert.True(await _store.CompleteAsync(_upload.Key, id, (await _test.Direct.ListPartsAsync(_upload.Key, id, new PartPlan(PartSize), default))!,
            default));
        await _upload.AssertStoredAsync(10);
    }

    [Fact]
    public async Task DirectPart_IsStopped_WhenTheUploadEnds()
    {
        var id = await _test.Direct.BeginAsync(_upload.Key, default);
        var hanging = new HangingStream();
        var part = _test.Direct.PutPartAsync(_upload.Key, id, new PartSpan(2, PartSize, PartSize), 10, hanging, default);
        await hanging.Reading;
        await _store.AbortAsync(_upload.Key, id, default);
        await Assert.ThrowsAsync<WriterFencedException>(() => part);
        await Assert.ThrowsAsync<WriterFencedException>(() =>
            _test.Direct.PutPartAsync(_upload.Key, id, new PartSpan(1, 0, PartSize), 1, new MemoryStream([1]), default));
        Assert.Empty(Files);
    }

    [SmallDiskFact]
    public async Task FullDisk_IsSaid_AndWhatWasAcknowledgedStays()
    {
        using var disk = SmallDisk.Mount(kibibytes: 128);
        var store = new FileObjectStore(disk.Path, _test.Buffers);
        var upload = new TestUpload(store, new PartPlan(PartSize));
        await InterruptAsync(upload, 50_000);
        await using (var writer = await upload.OpenAsync())
            await Assert.ThrowsAsync<ObjectStoreFullException>(() => upload.SendAsync(writer, 50_000, 800_000, () => 10_000));
        await upload.FinishAsync(60_000, () => 10_000);
        await upload.AssertStoredAsync(60_000);
        await store.DeleteAllAsync(upload.Key.VideoId, default);

        var id = await store.BeginAsync(upload.Key, default);
        await Assert.ThrowsAsync<ObjectStoreFullException>(() =>
            store.PutPartAsync(upload.Key, id, new PartSpan(1, 0, PartSize), 800_000, new MemoryStream(new byte[800_000]), default));
    }

    private static async Task InterruptAsync(TestUpload upload, int count)
    {
        await using var writer = await upload.OpenAsync();
        await upload.SendAsync(writer, 0, count, () => 100_000);
        await upload.CommitRestAsync(writer);
    }

    private async Task<List<string>> UnfinishedAsync(DateTimeOffset before)
    {
        var ids = new List<string>();
        await foreach (var upload in _store.ListUnfinishedAsync(before, default))
            ids.Add(upload.VideoId);
        return ids;
    }

    /// <summary>A request whose client has gone silent.</summary>
    private sealed class HangingStream : MemoryStream
    {
        private readonly TaskCompletionSource _reading = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Reading => _reading.Task;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            _reading.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            return 0;
        }
    }
}
