using Ingestion.Uploads;
using Ingestion.Videos;

namespace Ingestion.Tests.Integration.Videos;

/// <summary>What is pending is found by the index alone: its silo is killed, no job of it is taken, and no request comes for it.</summary>
public sealed class DueTests : IAsyncLifetime
{
    private static readonly TimeSpan _untilDue = TimeSpan.FromMinutes(2);

    private readonly string _user = ServiceCluster.NewUser();
    private ServiceCluster _cluster = null!;

    public async Task InitializeAsync() => _cluster = await ServiceCluster.StartAsync();

    public Task DisposeAsync() => _cluster.DisposeAsync().AsTask();

    [Fact]
    public async Task JobIsSent_WhenTheQueueTookNone()
    {
        _cluster.QueueFault.On();
        var record = await _cluster.UploadAsync(_cluster.From(0), _user);
        await KillSiloOfAsync(record.Id);
        _cluster.QueueFault.Off();
        await UntilSweptAsync(async () => await _cluster.Queue.CountAsync(CancellationToken.None) == 1, "the job is in the queue");
        await AssertPublishedAsync(record.Id, VideoStatus.Receiving, VideoStatus.Uploaded, VideoStatus.Queued);
    }

    [Fact]
    public async Task EventsArePublished_WhenTheJournalFailed()
    {
        _cluster.JournalFault.On();
        var record = await _cluster.UploadAsync(_cluster.From(0), _user);
        await _cluster.JournalFault.StruckAsync(1);
        await KillSiloOfAsync(record.Id);
        _cluster.JournalFault.Off();
        await SweepAsync();
        await AssertPublishedAsync(record.Id, VideoStatus.Receiving, VideoStatus.Uploaded, VideoStatus.Queued);
    }

    [Fact]
    public async Task ObjectsGo_WhenTheDeletionWasInterrupted()
    {
        var record = await _cluster.UploadAsync(_cluster.From(0), _user);
        FaultyStore[] stores = [.. _cluster.Silos.Select(_cluster.StoreOf)];
        foreach (var store in stores)
            store.RemovalFault.On();
        Assert.True(await _cluster.From(1).GetGrain<IVideoGrain>(record.Id).DeleteAsync(_user));
        await KillSiloOfAsync(record.Id);
        foreach (var store in stores)
            store.RemovalFault.Off();
        Assert.NotNull(await _cluster.Store.GetInfoAsync(ObjectKey.Source(record.Id), CancellationToken.None));
        await SweepAsync();
        Assert.Null(await _cluster.Store.GetInfoAsync(ObjectKey.Source(record.Id), CancellationToken.None));
        await AssertPublishedAsync(record.Id, VideoStatus.Receiving, VideoStatus.Uploaded, VideoStatus.Queued, VideoStatus.Deleted);
    }

    /// <summary>All bytes are acknowledged, and no job exists: the client need not return.</summary>
    [Fact]
    public async Task UploadBecomesAVideo_WhenItWasCompletingAndTheQueueTookNoJob()
    {
        var id = ServiceCluster.NewId();
        _cluster.QueueFault.On();
        _cluster.StoreOf(_cluster.Silos[0]).Completing = new Gate();
        var completing = _cluster.TryUploadAsync(_cluster.From(0), _user, id, UploadKind.Resumable);
        await _cluster.StoreOf(_cluster.Silos[0]).Completing!.Reached;
        await _cluster.KillAsync(_cluster.Silos[0]);
        await Assert.ThrowsAnyAsync<Exception>(() => completing);
        _cluster.QueueFault.Off();
        await UntilSweptAsync(async () => await _cluster.Queue.CountAsync(CancellationToken.None) > 0, "it has become a video, whose job is in the queue");
        await AssertPublishedAsync(id, VideoStatus.Receiving, VideoStatus.Uploaded, VideoStatus.Queued);
    }

    [Fact]
    public async Task NothingIsListed_WhenAllGoesWell()
    {
        await _cluster.UploadAsync(_cluster.From(0), _user);
        _cluster.Time.Advance(_untilDue);
        Assert.Equal(0, await SweepOnceAsync());
    }

    [Fact]
    public async Task TombstoneGoes_WhenNoJobOfItCanExistAnyMore()
    {
        var (removed, closed) = (await _cluster.UploadAsync(_cluster.From(0), _user), ServiceCluster.NewId());
        Assert.True(await Video(removed.Id).DeleteAsync(_user));
        Assert.True(await Video(closed).CloseAsync());
        _cluster.Time.Advance(TimeSpan.FromDays(14));
        await SweepAsync();
        foreach (var id in new[] { removed.Id, closed })
            Assert.Null(await Video(id).CreateAsync(New(), jobSent: true));

        _cluster.Time.Advance(TimeSpan.FromDays(3));
        await SweepAsync();
        foreach (var id in new[] { removed.Id, closed })
            Assert.NotNull(await Video(id).CreateAsync(New(), jobSent: true));
    }

    private NewVideo New() => new(_user, "clip.mp4", "video/mp4", 1, _cluster.Time.GetUtcNow());

    private IVideoGrain Video(string id) => _cluster.From(_cluster.Silos[0]).GetGrain<IVideoGrain>(id);

    private async Task KillSiloOfAsync(string id) => await _cluster.KillAsync(await _cluster.WhereAsync(_cluster.Cluster.Client.GetGrain<IVideoGrain>(id)));

    private async Task SweepAsync()
    {
        _cluster.Time.Advance(_untilDue);
        await Retry.UntilAnsweredAsync(SweepOnceAsync);
    }

    /// <summary>What fails because the dead silo is not known to be dead yet is checked again later.</summary>
    private Task UntilSweptAsync(Func<Task<bool>> condition, string what) => Eventually.TrueAsync(
        async () =>
        {
            await SweepAsync();
            return await condition();
        },
        what);

    private async Task<int> SweepOnceAsync()
    {
        var count = 0;
        foreach (var shard in UploadShards.All)
        {
            count += await _cluster.From(_cluster.Silos[0]).GetGrain<IVideoIndexGrain>(shard).SweepAsync();
            await _cluster.From(_cluster.Silos[0]).GetGrain<IUploadIndexGrain>(shard).SweepAsync();
        }

        return count;
    }

    private async Task AssertPublishedAsync(string id, params VideoStatus[] states)
    {
        await using var subscriber = await Retry.UntilAnsweredAsync(() => Subscriber.StartAsync(_cluster.From(_cluster.Silos[0]), _user, renews: true));
        await Eventually.TrueAsync(() => Task.FromResult(Of().Length >= states.Length), "all states are published");
        Assert.Equal(states, Of());

        VideoStatus[] Of() => [.. subscriber.Entries.Select(entry => entry.Event).Where(e => e.VideoId == id).Select(e => e.Status)];
    }
}
