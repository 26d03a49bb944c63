using Ingestion.Status;
using Ingestion.Videos;

namespace Ingestion.Tests.Integration.Videos;

/// <summary>A video publishes its events until they are stored, and each is delivered once.</summary>
public sealed class OutboxTests : IAsyncLifetime
{
    private readonly string _user = ServiceCluster.NewUser();
    private ServiceCluster _cluster = null!;

    public async Task InitializeAsync() => _cluster = await ServiceCluster.StartAsync();

    public Task DisposeAsync() => _cluster.DisposeAsync().AsTask();

    [Fact]
    public async Task EventsComeLaterAndOnce_WhenTheJournalCannotBeWrittenAtFirst()
    {
        _cluster.JournalFault.On();
        var record = await _cluster.UploadAsync(_cluster.From(0), _user);
        await _cluster.JournalFault.StruckAsync(3);
        _cluster.JournalFault.Off();
        await AssertDeliveredOnceAsync(record.Id, VideoStatus.Receiving, VideoStatus.Uploaded, VideoStatus.Queued);
    }

    [Fact]
    public async Task EventsComeOnce_WhenTheJournalWasWrittenButItsAnswerLost()
    {
        _cluster.LostJournalAnswer.On();
        var record = await _cluster.UploadAsync(_cluster.From(0), _user);
        await _cluster.LostJournalAnswer.StruckAsync(1);
        _cluster.LostJournalAnswer.Off();
        await AssertDeliveredOnceAsync(record.Id, VideoStatus.Receiving, VideoStatus.Uploaded, VideoStatus.Queued);
    }

    /// <summary>The caller does not retry; the stored state shows what is left to do.</summary>
    [Fact]
    public async Task EventsComeOnce_WhenTheVideoWasStoredButItsAnswerLost()
    {
        var record = await _cluster.UploadAsync(_cluster.From(0), _user);
        var video = _cluster.From(1).GetGrain<IVideoGrain>(record.Id);
        var claim = await video.ClaimAsync("worker", TimeSpan.FromHours(1));
        _cluster.LostVideoAnswer.On();
        await Assert.ThrowsAsync<OrleansException>(() =>
            video.FinishAsync(claim.Epoch, new ProcessingResult(ProcessingDepth.SourceOnly, Media: null, HasPoster: false, Error: null)));
        _cluster.LostVideoAnswer.Off();
        await AssertDeliveredOnceAsync(record.Id, VideoStatus.Receiving, VideoStatus.Uploaded, VideoStatus.Queued, VideoStatus.Processing, VideoStatus.Ready);
    }

    [Fact]
    public async Task EventsComeOnceAndInOrder_WhenTheNextStateComesBeforeTheLastWasPublished()
    {
        var record = await _cluster.UploadAsync(_cluster.From(0), _user);
        var video = _cluster.From(1).GetGrain<IVideoGrain>(record.Id);
        _cluster.LostJournalAnswer.On();
        var claim = await video.ClaimAsync("worker", TimeSpan.FromHours(1));
        _cluster.LostJournalAnswer.Off();
        Assert.True(await video.FinishAsync(claim.Epoch, new ProcessingResult(ProcessingDepth.SourceOnly, Media: null, HasPoster: false, Error: null)));
        await AssertDeliveredOnceAsync(record.Id, VideoStatus.Receiving, VideoStatus.Uploaded, VideoStatus.Queued, VideoStatus.Processing, VideoStatus.Ready);
    }

    [Fact]
    public async Task JobComesLaterAndOnce_WhenTheQueueTakesNoneAtFirst()
    {
        _cluster.QueueFault.On();
        var record = await _cluster.UploadAsync(_cluster.From(0), _user);
        Assert.Equal(VideoStatus.Uploaded, record.Status);
        await _cluster.QueueFault.StruckAsync(2);
        Assert.Equal(0, await _cluster.Queue.CountAsync(CancellationToken.None));
        _cluster.QueueFault.Off();

        await AssertDeliveredOnceAsync(record.Id, VideoStatus.Receiving, VideoStatus.Uploaded, VideoStatus.Queued);
        Assert.Equal(1, await _cluster.Queue.CountAsync(CancellationToken.None));
        var job = Assert.Single(await _cluster.Queue.ReceiveAsync(10, TimeSpan.FromMinutes(1), CancellationToken.None));
        Assert.Equal(record.Id, job.Job.VideoId);
    }

    /// <summary>As those are whose place in the directory was lost with another silo. Nothing calls it.</summary>
    [Fact]
    public async Task EventsComeLater_WhenTheVideosActivationEndsBeforeItCouldPublish()
    {
        _cluster.JournalFault.On();
        var record = await _cluster.UploadAsync(_cluster.From(0), _user);
        await _cluster.JournalFault.StruckAsync(1);
        for (var i = 0; i < 3; i++)
            await _cluster.Cluster.Client.GetGrain<IManagementGrain>(0).ForceActivationCollection([.. _cluster.Silos], TimeSpan.Zero);
        _cluster.JournalFault.Off();
        await AssertDeliveredOnceAsync(record.Id, VideoStatus.Receiving, VideoStatus.Uploaded, VideoStatus.Queued);
    }

    /// <summary>As when the answer to the first creation is lost with its silo.</summary>
    [Fact]
    public async Task VideoIsListedOnce_WhenItIsCreatedAgainBehindManyOthers()
    {
        var record = await _cluster.UploadAsync(_cluster.From(0), _user);
        var library = _cluster.From(0).GetGrain<ILibraryGrain>(_user);
        // More than the list looks through for one that it has.
        for (var i = 0; i < 70; i++)
            await library.AddAsync(MediaId.New(TimeProvider.System.GetUtcNow()));
        for (var i = 0; i < 3; i++)
            await _cluster.Cluster.Client.GetGrain<IManagementGrain>(0).ForceActivationCollection([.. _cluster.Silos], TimeSpan.Zero);

        var again = new NewVideo(_user, record.FileName, record.ContentType, record.SizeBytes, record.CreatedAt, Unpublished: null);
        Assert.Equal(record.Id, (await _cluster.From(0).GetGrain<IVideoGrain>(record.Id).CreateAsync(again, jobSent: true))?.Id);

        var listed = await library.ReadAsync(new LibraryQuery(Cursor: null, Limit: 100, OldestFirst: false));
        Assert.Single(listed.Videos, video => video.VideoId == record.Id);
    }

    [Fact]
    public async Task JobStays_UntilTheOwnerIsNotifiedOfTheEnd()
    {
        var record = await _cluster.UploadAsync(_cluster.From(0), _user);
        var video = _cluster.From(1).GetGrain<IVideoGrain>(record.Id);
        var claim = await video.ClaimAsync("worker", TimeSpan.FromHours(1));
        Assert.True(await video.IsPublishedAsync());
        _cluster.JournalFault.On();
        Assert.True(await video.FinishAsync(claim.Epoch, new ProcessingResult(ProcessingDepth.SourceOnly, Media: null, HasPoster: false, Error: null)));
        Assert.False(await video.IsPublishedAsync());
        Assert.Equal(ClaimOutcome.Busy, (await video.ClaimAsync("another", TimeSpan.FromHours(1))).Outcome);
        _cluster.JournalFault.Off();
        await Eventually.TrueAsync(async () => (await video.ClaimAsync("another", TimeSpan.FromHours(1))).Outcome is ClaimOutcome.Done, "the job may go");
        Assert.True(await video.IsPublishedAsync());
        await AssertDeliveredOnceAsync(record.Id, VideoStatus.Receiving, VideoStatus.Uploaded, VideoStatus.Queued, VideoStatus.Processing, VideoStatus.Ready);
    }

    [Fact]
    public async Task EventsComeFromTheNextSilo_WhenTheVideosSiloIsKilledBeforeItCouldPublish()
    {
        _cluster.JournalFault.On();
        var record = await _cluster.UploadAsync(_cluster.From(0), _user);
        var video = _cluster.Cluster.Client.GetGrain<IVideoGrain>(record.Id);
        var victim = await _cluster.WhereAsync(video);
        await _cluster.KillAsync(victim);
        _cluster.JournalFault.Off();

        // Its job brings a worker by, and with it the grain to life again.
        var survivor = _cluster.Silos.First(silo => !silo.Equals(victim));
        Assert.NotNull(await Retry.UntilAnsweredAsync(() => _cluster.From(survivor).GetGrain<IVideoGrain>(record.Id).GetAsync(_user)));
        await AssertDeliveredOnceAsync(record.Id, VideoStatus.Receiving, VideoStatus.Uploaded, VideoStatus.Queued);
    }

    [Fact]
    public async Task DeletionIsFinishedByAClaim_WhenTheSiloDiesInTheMiddle()
    {
        var record = await _cluster.UploadAsync(_cluster.From(0), _user);
        var kept = await _cluster.UploadAsync(_cluster.From(0), _user);
        var video = _cluster.Cluster.Client.GetGrain<IVideoGrain>(record.Id);
        _cluster.VideoRemovalFault.On();
        Assert.True(await video.DeleteAsync(_user));
        Assert.Null(await video.GetAsync(_user));
        var victim = await _cluster.WhereAsync(video);
        await _cluster.KillAsync(victim);
        _cluster.VideoRemovalFault.Off();

        var survivor = _cluster.From(_cluster.Silos.First(silo => !silo.Equals(victim)));
        var again = survivor.GetGrain<IVideoGrain>(record.Id);
        var claim = await Retry.UntilAnsweredAsync(() => again.ClaimAsync("worker", TimeSpan.FromMinutes(1)));
        Assert.NotEqual(ClaimOutcome.Granted, claim.Outcome);
        Assert.False(await again.ExistsAsync());
        Assert.Equal([kept.Id], (await Retry.UntilAnsweredAsync(() => survivor.GetGrain<ILibraryGrain>(_user).ListAsync(null, 100))).VideoIds);
        await AssertDeliveredOnceAsync(record.Id, VideoStatus.Receiving, VideoStatus.Uploaded, VideoStatus.Queued, VideoStatus.Deleted);
    }

    private async Task AssertDeliveredOnceAsync(string videoId, params VideoStatus[] states)
    {
        var grains = _cluster.From(_cluster.Silos[0]);
        await using var subscriber = await Retry.UntilAnsweredAsync(() => Subscriber.StartAsync(grains, _user, renews: true));
        await Eventually.TrueAsync(() => Task.FromResult(Delivered(subscriber).Length >= states.Length), "all states are delivered");
        // A retry that is under way gets its turn before this call is answered.
        await Retry.UntilAnsweredAsync(() => grains.GetGrain<IVideoGrain>(videoId).ExistsAsync());
        Assert.Equal(states, Delivered(subscriber).Select(e => e.Status));
        Assert.Equal(states.Length, Delivered(subscriber).Select(e => e.Id).Distinct().Count());

        StatusEvent[] Delivered(Subscriber by) => [.. by.Entries.Select(entry => entry.Event).Where(e => e.VideoId == videoId)];
    }
}
