using Ingestion.Grains.Storage;
using Ingestion.Grains.Webhooks;
using Ingestion.Status;
using Ingestion.Webhooks;

namespace Ingestion.Tests.Unit.Webhooks;

/// <summary>What an owner reads of a webhook, and what its cursor acknowledges. The queue is q1, and has five events.</summary>
public class PullRulesTests
{
    private static readonly DateTimeOffset _now = ManualTime.Start;
    private static readonly Cursor _end = new("q1", 5);
    private static readonly LogItem<HeldEvent>[] _events = DeliveryRulesTests.Window("a", "a", "b", "a", "c");

    [Theory]
    [InlineData(1, 1, true)]
    [InlineData(4, 4, true)]
    [InlineData(5, 5, false)]
    [InlineData(1_000, 5, false)]
    public void PageHasTheOldest_UpToItsLimit(int limit, int last, bool hasMore)
    {
        var page = Page(new DeliveryState(), limit);
        Assert.Equal(Enumerable.Range(1, last).Select(place => (long)place), page.Events.Select(item => item.Offset));
        Assert.Equal((new WebhookPlace(new Cursor("q1", last), 0), hasMore), (page.End, page.HasMore));
        Assert.Null(page.Gap);
    }

    [Fact]
    public void PageIsEmptyAtItsPlace_WhenNothingWaits()
    {
        var page = Page(Acknowledged(new DeliveryState(), 5), 10);
        Assert.True(page is { IsEmpty: true, HasMore: false });
        Assert.Equal(new WebhookPlace(_end, 0), page.End);
    }

    [Fact]
    public void EverythingUpToThePlaceIsThrough_AndAnOlderPlaceChangesNothing()
    {
        var state = Acknowledged(new DeliveryState(), 3);
        Assert.Equal(3, state.Floor);
        Assert.Equal([4L, 5L], Page(state, 10).Events.Select(item => item.Offset));
        foreach (var old in new long[] { 0, 2, 3 })
        {
            var again = PullRules.Acknowledge(state, new WebhookPlace(new Cursor("q1", old), 0));
            Assert.Equal((state, false, false), (again.Next, again.Result, again.Durable));
        }
    }

    [Theory]
    [InlineData("q1", 0, 0, true)]
    [InlineData("q1", 5, 0, true)]
    [InlineData("q1", 5, 2, true)]
    [InlineData("0", 0, 0, true)]
    [InlineData("q1", 6, 0, false)]
    [InlineData("q1", 5, 3, false)]
    [InlineData("q2", 1, 0, false)]
    [InlineData("q2", 0, 0, false)]
    [InlineData("0", 1, 0, false)]
    public void PlaceIsKnown_WhenItIsOneOfThisQueue(string epoch, long offset, long lost, bool isKnown) =>
        Assert.Equal(isKnown, PullRules.IsKnown(new DeliveryState { Missed = 2 }, _end, new WebhookPlace(new Cursor(epoch, offset), lost)));

    [Fact]
    public void ReaderOfAnEmptyQueueContinues_WhenItsFirstEventsHaveCome()
    {
        var start = PullRules.PageOf(new DeliveryState(), [], new Cursor(Cursor.EmptyEpoch, 0), 10).End;
        Assert.True(PullRules.IsKnown(new DeliveryState(), _end, start));
        Assert.False(PullRules.Acknowledge(new DeliveryState(), start).Result);
    }

    [Fact]
    public void GapStandsBeforeTheRest_InEveryPageUntilItIsAcknowledged()
    {
        var state = Lost(new DeliveryState(), 1, 2);
        var page = Page(state, 10);
        Assert.Equal((2L, 0), (page.Gap!.Count, page.GapAt));
        Assert.Equal([3L, 4L, 5L], page.Events.Select(item => item.Offset));
        Assert.Equal(new WebhookPlace(_end, 2), page.End);
        Assert.Equal(page.Gap, Page(state, 10).Gap);

        // A reader from before the loss does not know of it.
        Assert.NotNull(Page(PullRules.Acknowledge(state, new WebhookPlace(new Cursor("q1", 3), 0)).Next, 10).Gap);
        var acknowledged = PullRules.Acknowledge(state, page.End);
        Assert.True(acknowledged.Durable);
        Assert.Equal((null, 2L, 5L), (acknowledged.Next.Gap, acknowledged.Next.Missed, acknowledged.Next.Floor));
        Assert.False(PullRules.Acknowledge(acknowledged.Next, page.End).Result);
    }

    [Fact]
    public void GapStandsBehindWhatWaited_WhenLaterEventsLeftTheJournal()
    {
        var state = GapRules.LoseEntries(new DeliveryState(), end: 2, "w", new MissedEntries(new Cursor("k7", 50), new Cursor("k7", 52)), null, _now).Next;
        var page = Page(state, 10);
        Assert.Equal((3L, 2), (page.Gap!.Count, page.GapAt));

        // Where the page ends before it, its place does not count it as read.
        page = Page(state, 2);
        Assert.Equal((null, new WebhookPlace(new Cursor("q1", 2), 0), true), (page.Gap, page.End, page.HasMore));
        page = Page(PullRules.Acknowledge(state, page.End).Next, 1);
        Assert.Equal((3L, 0, 0, new WebhookPlace(new Cursor("q1", 2), 3), true), (page.Gap!.Count, page.GapAt, page.Events.Count, page.End, page.HasMore));
    }

    [Fact]
    public void GapComesAlone_WhenNothingElseWaits()
    {
        var state = Lost(Acknowledged(new DeliveryState(), 3), 4, 5);
        var page = Page(state, 1);
        Assert.Equal((2L, 0, false, false), (page.Gap!.Count, page.Events.Count, page.IsEmpty, page.HasMore));
        Assert.Null(PullRules.Acknowledge(state, page.End).Next.Gap);
    }

    [Fact]
    public void WhatIsLostAfterTheRead_IsAnotherGap()
    {
        var first = Lost(new DeliveryState(), 1, 1);
        var read = Page(first, 1).End;
        var more = Lost(first, 2, 3);
        var rest = PullRules.Acknowledge(more, read).Next;
        Assert.Equal((2L, null, null), (rest.Gap!.Count, rest.Gap.From, rest.Gap.To));
        Assert.Null(PullRules.Acknowledge(rest, Page(rest, 10).End).Next.Gap);
    }

    [Theory]
    [InlineData("q1:0~0")]
    [InlineData("5d41402a:10000~123")]
    public void PlaceIsReadAsItIsWritten(string text)
    {
        Assert.True(WebhookPlace.TryParse(text, out var place));
        Assert.Equal(text, place.ToString());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("~")]
    [InlineData("q1:5")]
    [InlineData("q1:5~")]
    [InlineData("q1~5")]
    [InlineData("q1:5~-1")]
    [InlineData("q1:-5~0")]
    [InlineData("q1:5~0~0")]
    [InlineData("q1:5~99999999999999999999")]
    public void OtherTextsAreNoPlaces(string? text) => Assert.False(WebhookPlace.TryParse(text, out _));

    private static PulledPage Page(DeliveryState state, int limit) =>
        PullRules.PageOf(state, [.. _events.Where(item => !DeliveryRules.IsThrough(state, item.Offset)).Take(limit + 1)], _end, limit);

    private static DeliveryState Acknowledged(DeliveryState state, long place) =>
        PullRules.Acknowledge(state, new WebhookPlace(new Cursor("q1", place), 0)).Next;

    private static DeliveryState Lost(DeliveryState state, long first, long last) =>
        GapRules.Lose(state, "w", [.. _events.Where(item => item.Offset >= first && item.Offset <= last)], _now).Next;
}
