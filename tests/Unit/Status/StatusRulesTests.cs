using Ingestion.Grains.Status;
using Ingestion.Status;

namespace Ingestion.Tests.Unit.Status;

public class StatusRulesTests
{
    private static readonly Cursor _end = new("k7", 1000);

    [Fact]
    public void Subscription_StartsWithASnapshot_WhenNoCursorIsGiven()
    {
        Assert.Equal(SubscriptionMode.Snapshot, StatusRules.Start(since: null, _end, begin: 1));
        Assert.Equal(SubscriptionMode.Snapshot, StatusRules.Start(since: null, new Cursor(StatusRules.EmptyEpoch, 0), begin: 1));
    }

    [Theory]
    [InlineData("k7:1000", SubscriptionMode.Replay)] // Nothing missed.
    [InlineData("k7:999", SubscriptionMode.Replay)]
    [InlineData("k7:700", SubscriptionMode.Replay)] // The longest replay.
    [InlineData("k7:699", SubscriptionMode.Snapshot)]
    [InlineData("k7:0", SubscriptionMode.Snapshot)]
    [InlineData("k7:1001", SubscriptionMode.Reset)] // Beyond the end: the journal has lost what the client saw.
    [InlineData("k8:1000", SubscriptionMode.Reset)]
    [InlineData("K7:1000", SubscriptionMode.Reset)]
    [InlineData("0:0", SubscriptionMode.Snapshot)] // From nothing, but too much has come since.
    [InlineData("0:1", SubscriptionMode.Reset)]
    public void Subscription_StartsAtItsCursor_WhenTheJournalEndsAtAThousand(string since, SubscriptionMode expected) =>
        Assert.Equal(expected, StatusRules.Start(Parse(since), _end, begin: 1));

    [Theory]
    [InlineData("k7:949", SubscriptionMode.Reset)] // 950 is trimmed away, and in no snapshot either.
    [InlineData("0:0", SubscriptionMode.Reset)]
    [InlineData("k7:950", SubscriptionMode.Replay)]
    [InlineData("k7:951", SubscriptionMode.Replay)]
    public void Subscription_ReplaysOnlyWhatIsKept_WhenTheJournalWasTrimmed(string since, SubscriptionMode expected) =>
        Assert.Equal(expected, StatusRules.Start(Parse(since), _end, begin: 951));

    [Theory]
    [InlineData("0:0", "0:0")] // Still empty.
    [InlineData("0:0", "k7:1")]
    [InlineData("0:0", "k7:300")]
    public void Subscription_Replays_WhenTheJournalWasEmptyBefore(string since, string end) =>
        Assert.Equal(SubscriptionMode.Replay, StatusRules.Start(Parse(since), Parse(end), begin: 1));

    [Theory]
    [InlineData("k7:3")]
    [InlineData("0:3")]
    public void Subscription_IsReset_WhenTheJournalIsLostAndEmpty(string since) =>
        Assert.Equal(SubscriptionMode.Reset, StatusRules.Start(Parse(since), new Cursor(StatusRules.EmptyEpoch, 0), begin: 1));

    [Theory]
    [InlineData(1, 2)]
    [InlineData(32, 2)]
    [InlineData(33, 3)]
    [InlineData(1_000, 33)]
    public void Segments_HoldAsManyEventsAsAreToBeKept_WhenTheNewestOneIsEmpty(int events, int segments) =>
        Assert.Equal(segments, StatusRules.KeptSegments(events));

    private static Cursor Parse(string text) => Cursor.TryParse(text, out var cursor) ? cursor : throw new ArgumentException(text);
}
