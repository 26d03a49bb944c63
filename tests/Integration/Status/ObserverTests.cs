using Ingestion.Status;
using Ingestion.Videos;

namespace Ingestion.Tests.Integration.Status;

/// <summary>Events find their subscribers in whatever silo those are.</summary>
public sealed class ObserverTests(ServiceCluster cluster) : IClassFixture<ServiceCluster>
{
    [Fact]
    public async Task EverySubscriberGetsEveryEventInOrder_WhenTheyHangOnDifferentSilos()
    {
        // Renewing, as sockets do: Orleans promises no order of one-way calls between silos, so a push may overtake another and leave a gap.
        var user = ServiceCluster.NewUser();
        await using var first = await Subscriber.StartAsync(cluster.From(0), user, renews: true);
        await using var second = await Subscriber.StartAsync(cluster.From(1), user, renews: true);
        await using var third = await Subscriber.StartAsync(cluster.From(2), user, renews: true);

        var id = ServiceCluster.NewId();
        VideoStatus[] states = [VideoStatus.Uploaded, VideoStatus.Queued, VideoStatus.Processing, VideoStatus.Ready];
        for (var i = 0; i < states.Length; i++)
            await cluster.From(i % 3).GetGrain<IStatusGrain>(user).PublishAsync([Event(id, states[i])], redelivery: false);

        foreach (var subscriber in new[] { first, second, third })
        {
            await subscriber.UntilAsync(states.Length);
            Assert.Equal(states, subscriber.Entries.Select(entry => entry.Event.Status));
        }
    }

    [Fact]
    public async Task OtherUsersReceiveNothing_WhenAUserIsNotified()
    {
        var (user, other) = (ServiceCluster.NewUser(), ServiceCluster.NewUser());
        await using var subscriber = await Subscriber.StartAsync(cluster.From(0), user);
        await using var stranger = await Subscriber.StartAsync(cluster.From(0), other);
        await cluster.From(1).GetGrain<IStatusGrain>(user).PublishAsync([Event(ServiceCluster.NewId(), VideoStatus.Uploaded)], redelivery: false);
        await subscriber.UntilAsync(1);
        Assert.Empty(stranger.Entries);
    }

    [Fact]
    public async Task JournalHasAnEventOnce_WhenItIsDeliveredAgainAndAgainAtTheSameTime()
    {
        var user = ServiceCluster.NewUser();
        for (var round = 0; round < 50; round++)
        {
            var e = Event(ServiceCluster.NewId(), VideoStatus.Ready);
            await Task.WhenAll(Enumerable.Range(0, 6).Select(i => cluster.From(i % 3).GetGrain<IStatusGrain>(user).PublishAsync([e], redelivery: true)));
            var published = (await cluster.From(0).GetGrain<IStatusGrain>(user).ReadAsync(new Cursor(Cursor.EmptyEpoch, 0), int.MaxValue)).Entries;
            Assert.Equal(round + 1, published.Count);
        }
    }

    /// <summary>Another activation has put it there: a silo was frozen with the first publish, and the event was published again elsewhere meanwhile.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    public async Task JournalHasAnEventOnce_WhenItsFirstPublishComesToALaterActivation(int newer)
    {
        var user = ServiceCluster.NewUser();
        var status = cluster.From(0).GetGrain<IStatusGrain>(user);
        var e = Event(ServiceCluster.NewId(), VideoStatus.Uploaded);
        await status.PublishAsync([e], redelivery: true);
        if (newer > 0)
            await status.PublishAsync([.. Enumerable.Range(0, newer).Select(_ => Event(ServiceCluster.NewId(), VideoStatus.Uploaded))], redelivery: false);
        await cluster.CollectAsync();

        await status.PublishAsync([e], redelivery: false);
        Assert.Equal(newer + 1, (await status.ReadAsync(new Cursor(Cursor.EmptyEpoch, 0), int.MaxValue)).Entries.Count);
    }

    [Fact]
    public async Task JournalHasAnEventOnce_WhenItIsDeliveredAgain()
    {
        var status = cluster.From(0).GetGrain<IStatusGrain>(ServiceCluster.NewUser());
        var (first, second) = (Event(ServiceCluster.NewId(), VideoStatus.Uploaded), Event(ServiceCluster.NewId(), VideoStatus.Uploaded));
        await status.PublishAsync([first], redelivery: false);
        await status.PublishAsync([first, second], redelivery: true);
        await status.PublishAsync([first, second], redelivery: true);

        await using var subscriber = await Subscriber.StartAsync(cluster.From(1), status.GetPrimaryKeyString());
        Assert.Equal([first.Id, second.Id], subscriber.Entries.Select(entry => entry.Event.Id));
    }

    /// <summary>A call that was rejected and carried out all the same is repeated as it was: while its write is under way, or after it.</summary>
    [Fact]
    public async Task JournalHasAnEventOnce_WhenItsFirstDeliveryIsRepeated()
    {
        var user = ServiceCluster.NewUser();
        var status = Enumerable.Range(0, 3).Select(i => cluster.From(i).GetGrain<IStatusGrain>(user)).ToArray();
        var events = Enumerable.Range(0, 20).Select(_ => Event(ServiceCluster.NewId(), VideoStatus.Uploaded)).ToArray();
        foreach (var e in events)
        {
            await Task.WhenAll(status.Select(caller => caller.PublishAsync([e], redelivery: false)));
            await status[0].PublishAsync([e], redelivery: false);
        }

        await using var subscriber = await Subscriber.StartAsync(cluster.From(1), user);
        Assert.Equal(events.Select(e => e.Id), subscriber.Entries.Select(entry => entry.Event.Id));
    }

    /// <summary>Two silos that were cut apart: the first call is on its way for longer than its caller waited.</summary>
    [Fact]
    public async Task JournalHasAnEventOnce_WhenItsFirstDeliveryComesBehindTheSecond()
    {
        var status = cluster.From(0).GetGrain<IStatusGrain>(ServiceCluster.NewUser());
        var (late, other) = (Event(ServiceCluster.NewId(), VideoStatus.Uploaded), Event(ServiceCluster.NewId(), VideoStatus.Uploaded));
        await status.PublishAsync([late], redelivery: true);
        await status.PublishAsync([late, other], redelivery: false);

        await using var subscriber = await Subscriber.StartAsync(cluster.From(1), status.GetPrimaryKeyString());
        Assert.Equal([late.Id, other.Id], subscriber.Entries.Select(entry => entry.Event.Id));
    }

    [Theory]
    [InlineData(VideoStatus.Deleted)]
    [InlineData(VideoStatus.Cancelled)]
    [InlineData(VideoStatus.Expired)]
    [InlineData(VideoStatus.Failed)]
    public async Task JournalKnowsAVideo_WhenAllThatIsLeftOfItIsHowItEnded(VideoStatus end)
    {
        var (user, other) = (ServiceCluster.NewUser(), ServiceCluster.NewUser());
        var (one, two, never) = (ServiceCluster.NewId(), ServiceCluster.NewId(), ServiceCluster.NewId());
        var status = cluster.From(0).GetGrain<IStatusGrain>(user);
        Assert.False(await status.KnowsAsync([one]));
        await status.PublishAsync([Event(one, end), Event(two, end)], redelivery: false);

        Assert.True(await status.KnowsAsync([one, two, one]));
        Assert.False(await status.KnowsAsync([one, never]));
        Assert.False(await cluster.From(0).GetGrain<IStatusGrain>(other).KnowsAsync([one]));
    }

    internal static StatusEvent Event(string videoId, VideoStatus status) => new(ServiceCluster.NewId(), videoId, status, TimeProvider.System.GetUtcNow());
}
