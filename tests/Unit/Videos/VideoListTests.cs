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
