using Ingestion.Status;
using Ingestion.Videos;

namespace Ingestion.Tests.Integration.Status;

/// <summary>A replay is all that was missed, or a snapshot when that is too much.</summary>
public sealed class ReplayBoundTests(ServiceCluster cluster) : IClassFixture<ServiceCluster>
{
    [Theory]
    [InlineData(300, SubscriptionMode.Replay)]
    [InlineData(301, SubscriptionMode.Snapshot)]
    public async Task SubscriberStartsSo_WhenItHasMissedSoManyEvents(int events, SubscriptionMode expected)
    {
        var journal = await PublishedAsync(Enumerable.Repeat("", events));
        var start = await cluster.StartOfAsync(journal, new Cursor(Cursor.EmptyEpoch, 0));
        Assert.Equal((expected, events, events), (start.Mode, start.Cursor.Offset, start.Entries.Count));
    }

    [Theory]
    [InlineData(2_000, SubscriptionMode.Replay)]
    [InlineData(3_000, SubscriptionMode.Snapshot)]
    public async Task SubscriberStartsSo_WhenAHundredEventsHaveMessagesOfSoManyBytes(int bytes, SubscriptionMode expected)
    {
        var journal = await PublishedAsync(Enumerable.Repeat(new string('x', bytes), 100));
        var start = await cluster.StartOfAsync(journal, new Cursor(Cursor.EmptyEpoch, 0));
        Assert.Equal((expected, 100, 100), (start.Mode, start.Cursor.Offset, start.Entries.Count));
    }

    private async Task<IStatusGrain> PublishedAsync(IEnumerable<string> messages)
    {
        var journal = cluster.From(0).GetGrain<IStatusGrain>(ServiceCluster.NewUser());
        var failed = messages.Select(message => ObserverTests.Event(
            ServiceCluster.NewId(), VideoStatus.Failed) with { Error = new VideoError("code", message) });
        await journal.PublishAsync([.. failed], redelivery: false);
        return journal;
    }
}
