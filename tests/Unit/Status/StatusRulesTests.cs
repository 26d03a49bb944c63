using Ingestion.Grains.Status;
using Ingestion.Status;
using Ingestion.Videos;
using static Ingestion.Tests.Unit.Status.Entries;

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

    [Fact]
    public void Entries_AreAReplay_WhenNoneIsMissing()
    {
        Assert.Equal(SubscriptionMode.Replay, StatusRules.Replay(Range(998, 1000), Parse("k7:997"), _end).Mode);
        Assert.Equal(SubscriptionMode.Replay, StatusRules.Replay([], _end, _end).Mode);
        Assert.Equal(SubscriptionMode.Reset, StatusRules.Replay(Range(998, 1000), Parse("k7:996"), _end).Mode);
        Assert.Equal(SubscriptionMode.Reset, StatusRules.Replay([], Parse("k7:999"), _end).Mode);
    }

    [Fact]
    public void Replay_CountsOnlyTheWantedVideos_WhenSomeAreChosen()
    {
        JournalEntry[] entries = [.. Range(1, 999), Entry(1000, "b")];
        Assert.Equal(SubscriptionMode.Replay, StatusRules.Start(Parse("k7:0"), _end, begin: 1, isFiltered: true));
        var (mode, missed) = StatusRules.Replay(entries, Parse("k7:0"), _end, [VideoId("b")]);
        Assert.Equal((SubscriptionMode.Replay, 1000L), (mode, Assert.Single(missed).Offset));
        Assert.Equal(SubscriptionMode.Snapshot, StatusRules.Replay(entries, Parse("k7:0"), _end, [VideoId("a")]).Mode);
    }

    [Fact]
    public void LatestPerVideo_KeepsTheLastEntryOfEachInOrder_WhenVideosMix()
    {
        JournalEntry[] entries =
        [
            Entry(1, "a", VideoStatus.Uploaded), Entry(2, "b", VideoStatus.Uploaded), Entry(3, "a", VideoStatus.Ready), Entry(4, "c", VideoStatus.Uploaded),
            Entry(5, "c", VideoStatus.Deleted), Entry(6, "b", VideoStatus.Queued),
        ];
        Assert.Equal([3, 6], StatusRules.LatestPerVideo(entries).Select(entry => entry.Offset));
        Assert.Empty(StatusRules.LatestPerVideo([]));
    }

    [Theory]
    [InlineData(4, new long[] { 3, 5, 6 })]
    [InlineData(5, new long[] { 3, 6 })]
    public void LatestPerVideo_ContainsDeletedVideos_WhenTheyWereThereAtTheCursor(long since, long[] expected)
    {
        JournalEntry[] entries =
        [
            Entry(3, "a", VideoStatus.Ready), Entry(4, "c", VideoStatus.Uploaded), Entry(5, "c", VideoStatus.Deleted), Entry(6, "b", VideoStatus.Queued),
        ];
        Assert.Equal(expected, StatusRules.LatestPerVideo(entries, since).Select(entry => entry.Offset));
    }

    [Fact]
    public void LatestPerVideo_HasNoNoticesOfWebhooks()
    {
        var notice = new StatusEvent("n", "", default, ManualTime.Start) { Webhook = new WebhookNotice("w", WebhookNotice.DisabledType, null, null, 0) };
        Assert.Equal([1], StatusRules.LatestPerVideo([Entry(1), new JournalEntry(2, notice)]).Select(entry => entry.Offset));
    }

    private static Cursor Parse(string text) => Cursor.TryParse(text, out var cursor) ? cursor : throw new ArgumentException(text);
}
