using Ingestion.Grains.Webhooks;
using Ingestion.Status;
using Ingestion.Webhooks;

namespace Ingestion.Tests.Unit.Webhooks;

/// <summary>What a webhook loses beyond its bounds, and how its receiver is notified.</summary>
public class GapRulesTests
{
    private static readonly DateTimeOffset _now = ManualTime.Start;
    private static readonly HashSet<long> _nothing = [];

    [Fact]
    public void NothingIsLost_WithinTheBounds()
    {
        var window = DeliveryRulesTests.Window("a", "b");
        Assert.Empty(GapRules.Beyond(new DeliveryState(), window, GapRules.MostHeld, _nothing, _now + GapRules.LongestHeld));
    }

    [Fact]
    public void OldestAreLost_WhenTooManyWait()
    {
        var window = DeliveryRulesTests.Window("a", "b", "c");
        Assert.Equal([1L, 2L], GapRules.Beyond(new DeliveryState(), window, GapRules.MostHeld + 2, _nothing, _now).Select(item => item.Offset));
        Assert.Equal([2L], GapRules.Beyond(new DeliveryState(), window, GapRules.MostHeld + 2, new HashSet<long> { 1 }, _now).Select(item => item.Offset));
    }

    [Fact]
    public void ThoseAreLost_ThatHaveWaitedForTooLong() =>
        Assert.Equal(2, GapRules.Beyond(new DeliveryState(), DeliveryRulesTests.Window("a", "b"), 2, _nothing,
            _now + GapRules.LongestHeld + TimeSpan.FromSeconds(1)).Count);

    [Fact]
    public void WhatIsThroughIsNotLost_ThoughItIsStillInMemory()
    {
        var window = DeliveryRulesTests.Window("a", "b", "c");
        var acknowledged = DeliveryRules.Through(new DeliveryState(), [1]);
        Assert.Equal([2L], GapRules.Beyond(acknowledged, window, GapRules.MostHeld + 2, _nothing, _now).Select(item => item.Offset));
        Assert.Equal((1L, 2L), GapRules.Lose(acknowledged, "w", window[..2], _now).Next is var next ? (next.Missed, next.Floor) : default);
        Assert.Same(acknowledged, GapRules.Lose(acknowledged, "w", window[..1], _now).Next);
    }

    [Fact]
    public void GapNamesWhatIsLost_InOneLineOfTheLogHoweverManyFollow()
    {
        var window = DeliveryRulesTests.Window("a", "b", "c");
        var first = GapRules.Lose(new DeliveryState(), "w", window[..2], _now);
        Assert.Equal((2L, 2L, new Cursor("k7", 100), new Cursor("k7", 101)), First(first.Next));
        var second = GapRules.Lose(first.Next, "w", window[2..], _now.AddSeconds(1)).Next;
        Assert.Equal((3L, 3L, new Cursor("k7", 100), new Cursor("k7", 102)), First(second));
        Assert.Equal((3L, 3L), (second.Missed, second.Floor));
        Assert.Equal((DeliveryOutcome.Missed, "journal.gap", 0), Assert.Single(second.Log) is var line ? (line.Outcome, line.Type, line.Attempt) : default);
    }

    [Fact]
    public void GapOfTheJournalIsCounted_WhenItHasForgotten()
    {
        var state = GapRules.LoseEntries(new DeliveryState { Floor = 7 }, end: 9, "w", new MissedEntries(new Cursor("k7", 11), new Cursor("k7", 14)),
            owner: null, _now).Next;
        Assert.Equal((4L, 9L, new Cursor("k7", 11), new Cursor("k7", 14)), First(state));
    }

    [Fact]
    public void GapNamesNoPlace_WhenItIsOfMoreThanOneJournal()
    {
        var state = GapRules.LoseEntries(new DeliveryState(), end: 0, "w", new MissedEntries(new Cursor("k7", 1), new Cursor("k7", 2)), "ann", _now).Next;
        state = GapRules.LoseEntries(state, end: 0, "w", new MissedEntries(new Cursor("k8", 5), new Cursor("k8", 5)), "bob", _now).Next;
        Assert.Equal((3L, null, null, null), (state.Gap!.Count, state.Gap.From, state.Gap.To, state.Gap.Owner));
    }

    [Fact]
    public void WhatIsLostWhileAGapIsSent_IsAnotherGap()
    {
        var window = DeliveryRulesTests.Window("a", "b", "c");
        var before = GapRules.Lose(new DeliveryState(), "w", window[..2], _now).Next;
        var after = GapRules.Lose(before, "w", window[2..], _now.AddSeconds(1)).Next;
        var reported = GapRules.Answered(after, "w", before.Gap!, new WebhookAnswer(200), _now, 0.5).Next;
        Assert.Equal((1L, new Cursor("k7", 102)), (reported.Gap!.Count, reported.Gap.To));
        Assert.NotEqual(GapRules.IdOf("w", before.Gap!), GapRules.IdOf("w", reported.Gap));
        Assert.Null(GapRules.Answered(reported, "w", reported.Gap, new WebhookAnswer(200), _now, 0.5).Next.Gap);
    }

    [Fact]
    public void GapIsTriedAgain_WhenTheReceiverDoesNotTakeIt()
    {
        var state = GapRules.Lose(new DeliveryState(), "w", DeliveryRulesTests.Window("a"), _now).Next;
        var failed = GapRules.Answered(state, "w", state.Gap!, new WebhookAnswer(503), _now, 0.5);
        Assert.Equal((DeliveryOutcome.Failed, 1, _now.AddSeconds(5)), (failed.Result, failed.Next.Gap!.Attempts, failed.Next.Gap.Due));
        Assert.Equal(_now.AddSeconds(5), DeliveryRules.NextDue(failed.Next, [], _nothing, TimeSpan.Zero));
    }

    private static (long Count, long Sequence, Cursor? From, Cursor? To) First(DeliveryState state) =>
        (state.Gap!.Count, state.Gap.Sequence, state.Gap.From, state.Gap.To);
}
