using Ingestion.Grains.Videos;
using Ingestion.Tests.Unit.Infrastructure;
using Ingestion.Videos;
using Orleans.Storage;

namespace Ingestion.Tests.Unit.Videos;

public class VideoListTests
{
    private readonly MemoryStorage _storage = new();

    /// <summary>The call that listed it was rejected and carried out all the same, so it is repeated.</summary>
    [Fact]
    public Task VideoIsListedOnce_WhenItComesAgainWhileItIsWritten() => Turns.RunAsync(async () =>
    {
        var list = await OpenAsync();
        var barrier = new Gate();
        _storage.Before = _ => barrier.PassAsync();
        var first = list.AddAsync("a");
        await barrier.Reached;
        var (again, other) = (list.AddAsync("a"), list.AddAsync("b"));
        barrier.Open();

        long[] places = await Task.WhenAll(first, again, other);
        Assert.Equal([1, 1, 2], places);
        Assert.Equal(1, await list.AddAsync("a"));
        var listed = await ReadAsync();
        Assert.Equal(["a", "b"], listed);
    });

    [Fact]
    public Task VideoIsListed_WhenItComesAgainAfterAWriteThatFailed() => Turns.RunAsync(async () =>
    {
        var list = await OpenAsync();
        _storage.Before = call => call.Op is StorageOp.Write ? Task.FromException(new InconsistentStateException("changed elsewhere")) : Task.CompletedTask;
        await Assert.ThrowsAsync<InconsistentStateException>(() => list.AddAsync("a"));
        _storage.Before = _ => Task.CompletedTask;

        Assert.Equal(1, await list.AddAsync("a"));
        Assert.Equal("a", Assert.Single(await ReadAsync()));
    });

    /// <summary>Others were listed since, and their segment is another one.</summary>
    [Theory]
    [InlineData(1, false)]
    [InlineData(1, true)]
    [InlineData(200, false)]
    [InlineData(200, true)]
    public Task VideoIsListedOnce_WhenItComesAgainBehindOthers(int others, bool isNewActivation) => Turns.RunAsync(async () =>
    {
        var list = await OpenAsync();
        for (var i = 1; i < VideoList.SegmentCapacity; i++)
            await list.AddAsync($"before-{i}");
        Assert.Equal(VideoList.SegmentCapacity, await list.AddAsync("a"));
        for (var i = 0; i < others; i++)
            await list.AddAsync($"behind-{i}");
        if (isNewActivation)
            list = await OpenAsync();

        Assert.Equal(VideoList.SegmentCapacity, await list.AddAsync("a"));
        Assert.Equal(VideoList.SegmentCapacity + others + 1, await list.AddAsync("b"));
    });

    /// <summary>A silo was frozen: the video is listed by another activation, whose entries this one has not read.</summary>
    [Fact]
    public Task VideoIsListedOnce_WhenAnotherActivationHasListedIt() => Turns.RunAsync(async () =>
    {
        var (list, other) = (await OpenAsync(), await OpenAsync());
        await list.AddAsync("first");
        await Assert.ThrowsAsync<InconsistentStateException>(() => other.AddAsync("x"));
        await other.AddAsync("a");
        for (var i = 0; i < VideoList.SegmentCapacity; i++)
            await other.AddAsync($"behind-{i}");

        await Assert.ThrowsAsync<InconsistentStateException>(() => list.AddAsync("y"));
        Assert.Equal(2, await list.AddAsync("a"));
    });

    private async Task<VideoList> OpenAsync()
    {
        var list = new VideoList(_storage, GrainId.Create("library", "alice"), "library");
        await list.LoadAsync();
        return list;
    }

    private async Task<string[]> ReadAsync()
    {
        _storage.Before = _ => Task.CompletedTask;
        return [.. (await (await OpenAsync()).ReadAsync(new LibraryQuery(null, 100, OldestFirst: true))).Videos.Select(video => video.VideoId)];
    }
}
