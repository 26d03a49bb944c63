using Ingestion.Videos;

namespace Ingestion.Tests.Integration.Videos;

/// <summary>One worker at a time: the claim and its fence.</summary>
public sealed class ClaimTests
{
    private static readonly TimeSpan _long = TimeSpan.FromHours(1);
    private static readonly ProcessingResult _result = new(ProcessingDepth.SourceOnly, Media: null, HasPoster: false, Error: null);

    [Fact]
    public async Task OldWorkerIsRefused_WhenItsClaimHasLapsedAndAnotherHasTakenOver()
    {
        await using var cluster = await ServiceCluster.StartAsync();
        var user = ServiceCluster.NewUser();
        var record = await cluster.UploadAsync(cluster.From(0), user);
        var (here, there) = (cluster.From(1).GetGrain<IVideoGrain>(record.Id), cluster.From(2).GetGrain<IVideoGrain>(record.Id));

        var old = await here.ClaimAsync("old", TimeSpan.Zero);
        var current = await there.ClaimAsync("current", _long);
        Assert.Equal((ClaimOutcome.Granted, ClaimOutcome.Granted), (old.Outcome, current.Outcome));
        Assert.True(current.Epoch > old.Epoch);
        Assert.Equal(ClaimOutcome.Busy, (await here.ClaimAsync("third", _long)).Outcome);

        Assert.False(await here.ReportProgressAsync(old.Epoch, 50, _long));
        Assert.False(await here.FinishAsync(old.Epoch, _result));
        await here.ReleaseAsync(old.Epoch);
        Assert.Equal(VideoStatus.Processing, (await here.GetAsync(user))!.Status);
        Assert.Equal(ClaimOutcome.Busy, (await here.ClaimAsync("third", _long)).Outcome);

        Assert.True(await there.ReportProgressAsync(current.Epoch, 50, _long));
        Assert.True(await there.FinishAsync(current.Epoch, _result));
        Assert.False(await there.FinishAsync(current.Epoch, _result));
        Assert.Equal(ClaimOutcome.Done, (await here.ClaimAsync("third", _long)).Outcome);
        Assert.Equal(VideoStatus.Ready, (await here.GetAsync(user))!.Status);

        await using var subscriber = await Subscriber.StartAsync(cluster.From(0), user);
        VideoStatus[] life = [VideoStatus.Receiving, VideoStatus.Uploaded, VideoStatus.Queued, VideoStatus.Processing, VideoStatus.Ready];
        Assert.Equal(life, subscriber.Entries.Select(entry => entry.Event.Status));
    }

    [Fact]
    public async Task ClaimIsTakenOverLongBeforeItLapses_WhenTheWorkersSiloIsKilled()
    {
        await using var cluster = await ServiceCluster.StartAsync();
        var user = ServiceCluster.NewUser();
        var record = await cluster.UploadAsync(cluster.From(0), user);
        var worker = cluster.Silos[2];
        var survivor = cluster.Silos[1];
        var video = cluster.From(survivor).GetGrain<IVideoGrain>(record.Id);
        var lost = await video.ClaimAsync(WorkerName.Of(worker), _long);
        Assert.Equal(ClaimOutcome.Busy, (await video.ClaimAsync(WorkerName.Of(survivor), _long)).Outcome);

        await cluster.KillAsync(worker);
        var taken = lost;
        await Eventually.TrueAsync(
            async () => (taken = await Retry.UntilAnsweredAsync(() => video.ClaimAsync(WorkerName.Of(survivor), _long))).Outcome is ClaimOutcome.Granted,
            "the dead silo's claim is taken over");

        Assert.True(taken.Epoch > lost.Epoch);
        Assert.False(await video.FinishAsync(lost.Epoch, _result));
        Assert.True(await video.FinishAsync(taken.Epoch, _result));
    }
}
