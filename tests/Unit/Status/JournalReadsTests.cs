using Ingestion.Grains.Status;
using Ingestion.Status;
using Ingestion.Videos;
using static Ingestion.Tests.Unit.Status.Entries;

namespace Ingestion.Tests.Unit.Status;

public class JournalReadsTests
{
    private static readonly Cursor _end = new("k7", 1000);

    [Fact]
    public void Entries_AreAReplay_WhenNoneIsMissing()
    {
        Assert.Equal(SubscriptionMode.Replay, JournalReads.Replay(Range(998, 1000), Parse("k7:997"), _end).Mode);
        Assert.Equal(SubscriptionMode.Replay, JournalReads.Replay([], _end, _end).Mode);
        Assert.Equal(SubscriptionMode.Reset, JournalReads.Replay(Range(998, 1000), Parse("k7:996"), _end).Mode);
        Assert.Equal(SubscriptionMode.Reset, JournalReads.Replay([], Parse("k7:999"), _end).Mode);
    }

    [Fact]
    public void Replay_CountsOnlyTheWantedVideos_WhenSomeAreChosen()
    {
        JournalEntry[] entries = [.. Range(1, 999), Entry(1000, "b")];
        Assert.Equal(SubscriptionMode.Replay, StatusRules.Start(Parse("k7:0"), _end, begin: 1, isFiltered: true));
        var (mode, missed) = JournalReads.Replay(entries, Parse("k7:0"), _end, [VideoId("b")]);
        Assert.Equal((SubscriptionMode.Replay, 1000L), (mode, Assert.Single(missed).Offset));
        Assert.Equal(SubscriptionMode.Snapshot, JournalReads.Replay(entries, Parse("k7:0"), _end, [VideoId("a")]).Mode);
    }

    [Fact]
    public void LatestPerVideo_KeepsTheLastEntryOfEachInOrder_WhenVideosMix()
    {
        JournalEntry[] entries =
        [
            Entry(1, "a", VideoStatus.Uploaded), Entry(2, "b", VideoStatus.Uploaded), Entry(3, "a", VideoStatus.Ready), Entry(4, "c", VideoStatus.Uploaded),
            Entry(5, "c", VideoStatus.Deleted), Entry(6, "b", VideoStatus.Queued),
        ];
        Assert.Equal([3, 6], JournalReads.Latest(entries).Select(entry => entry.Offset));
        Assert.Empty(JournalReads.Latest([]));
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
        Assert.Equal(expected, JournalReads.Latest(entries, since).Select(entry => entry.Offset));
    }

    [Fact]
    public void LatestPerVideo_WantsNoOlderEntry_WhenAllChosenVideosWereFound()
    {
        var latest = new LatestPerVideo([VideoId("a"), VideoId("b")]);
        Assert.True(latest.Add(Entry(9, "c")));
        Assert.True(latest.Add(Entry(8, "b")));
        Assert.True(latest.Add(Entry(7, "b")));
        Assert.False(latest.Add(Entry(6, "a")));
        Assert.Equal([6, 8], latest.InOrder().Select(entry => entry.Offset));
    }

    [Fact]
    public void Replay_WantsNoOlderEntry_WhenItIsCompleteOrTooLong()
    {
        var missed = new MissedEntries(Parse("k7:998"), _end);
        Assert.True(missed.Add(Entry(1000)));
        Assert.False(missed.Add(Entry(999)));

        var many = new MissedEntries(Parse("k7:0"), _end);
        Assert.All(Range(701, 1000).Reverse(), entry => Assert.True(many.Add(entry)));
        Assert.False(many.Add(Entry(700)));
    }

    [Fact]
    public void LatestPerVideo_HasNoNoticesOfWebhooks()
    {
        var notice = new StatusEvent("n", "", default, ManualTime.Start) { Webhook = new WebhookNotice("w", WebhookNotice.DisabledType, null, null, 0) };
        Assert.Equal([1], JournalReads.Latest([Entry(1), new JournalEntry(2, notice)]).Select(entry => entry.Offset));
    }

    private static Cursor Parse(string text) => Cursor.TryParse(text, out var cursor) ? cursor : throw new ArgumentException(text);
}
