using Ingestion.Grains.Webhooks;
using Ingestion.Status;
using Ingestion.Tests.Unit.Status;
using Ingestion.Videos;
using Ingestion.Webhooks;

namespace Ingestion.Tests.Unit.Webhooks;

/// <summary>The way of events to one receiver, without grains. The webhook starts at k7:10.</summary>
public class DeliveryRulesTests
{
    private static readonly DateTimeOffset _now = ManualTime.Start;
    private static readonly TimeSpan _escalateAfter = TimeSpan.FromSeconds(30);
    private static readonly Webhook _webhook = WebhookRulesTests.New("w");

    [Fact]
    public void WantedEventsWaitInOrder_WhenTakenIn()
    {
        var webhook = WebhookRulesTests.New("w", "video.ready");
        var taken = TakeIn(new DeliveryState(), Page(20, Entries.Entry(11), Entries.Entry(12, status: VideoStatus.Ready), Entries.Entry(13, "b", VideoStatus.Ready)), webhook);
        Assert.Equal(["e12", "e13"], Waiting(taken.Next));
        Assert.All(taken.Next.Pending, pending => Assert.Equal((0, _now), (pending.Attempts, pending.Due)));
        Assert.Equal(new Cursor("k7", 13), taken.Next.Cursor);
        Assert.Equal(new TakenIn(0, IsLost: false, HasMore: true), taken.Result);
        Assert.True(taken.Durable);
    }

    [Fact]
    public void NothingIsWritten_WhenTheJournalHasNoMore()
    {
        var taken = TakeIn(new DeliveryState(), Page(10));
        Assert.Equal((false, new TakenIn(0, false, false)), (taken.Durable, taken.Result));
    }

    [Fact]
    public void GapIsCounted_WhenTheJournalHasForgotten() =>
        Assert.Equal(new TakenIn(4, IsLost: false, HasMore: false), TakeIn(new DeliveryState(), Page(16, Entries.Entry(15), Entries.Entry(16))).Result);

    [Fact]
    public void NewJournalIsTakenInFromItsBeginning_WhenTheOldOneIsLost()
    {
        var taken = TakeIn(new DeliveryState(), new JournalPage(IsLost: true, new Cursor("k8", 2), Entries.Range(1, 2)));
        Assert.Equal(["e1", "e2"], Waiting(taken.Next));
        Assert.Equal(new Cursor("k8", 2), taken.Next.Cursor);
        Assert.Equal(new TakenIn(0, IsLost: true, HasMore: false), taken.Result);

        var empty = TakeIn(new DeliveryState(), new JournalPage(IsLost: true, new Cursor("0", 0), []));
        Assert.Equal((new Cursor("0", 0), true), (empty.Next.Cursor!.Value, empty.Durable));
    }

    [Fact]
    public void PageIsDropped_WhenAReplayHasMovedThePositionMeanwhile()
    {
        var rewound = DeliveryRules.Rewind(new DeliveryState(), new Cursor("k7", 3)).Next;
        var taken = TakeIn(rewound, Page(20, Entries.Entry(11)), from: new Cursor("k7", 10));
        Assert.Equal((rewound, true, false), (taken.Next, taken.Result.HasMore, taken.Durable));
    }

    [Fact]
    public void EventWaitsOnce_WhenAReplayMeetsItWaiting()
    {
        var state = TakeIn(new DeliveryState(), Page(12, [.. Entries.Range(11, 12)])).Next;
        var rewound = DeliveryRules.Rewind(state, new Cursor("k7", 9)).Next;
        Assert.Equal(["e11", "e12", "e10"], Waiting(TakeIn(rewound, Page(12, Entries.Range(10, 12)), from: new Cursor("k7", 9)).Next));
    }

    [Fact]
    public void RoomIsBounded_WhenNothingIsDelivered()
    {
        var state = new DeliveryState();
        while (DeliveryRules.PageSize(state) is > 0 and var size)
        {
            var from = DeliveryRules.Position(state, _webhook);
            state = TakeIn(state, Page(5_000, Entries.Range(from.Offset + 1, from.Offset + size)), from: from).Next;
        }

        Assert.Equal(DeliveryRules.MostPending, state.Pending.Count);
    }

    [Fact]
    public void LaterEventsGoOn_WhenOneFails()
    {
        var state = TakeIn(new DeliveryState(), Page(13, Entries.Range(11, 13))).Next;
        var failed = Answer(state, new WebhookAnswer(500));
        Assert.Equal(DeliveryOutcome.Failed, failed.Result);
        Assert.Equal("e12", DeliveryRules.Next(failed.Next, _now)!.Event.Id);
        // Before the later ones again, once it is due.
        Assert.Equal("e11", DeliveryRules.Next(failed.Next, _now.AddSeconds(5))!.Event.Id);
        var line = failed.Next.Log[^1];
        Assert.Equal(("e11", 1, 500, _now.AddSeconds(5)), (line.EventId, line.Attempt, line.Status, line.NextAttemptAt));
    }

    [Theory]
    [InlineData(200)]
    [InlineData(204)]
    [InlineData(299)]
    public void EventIsDone_WhenTheReceiverTakesIt(int status)
    {
        var state = TakeIn(new DeliveryState(), Page(12, Entries.Range(11, 12))).Next;
        var delivered = Answer(state, new WebhookAnswer(status));
        Assert.Equal((DeliveryOutcome.Delivered, "e12"), (delivered.Result, Assert.Single(Waiting(delivered.Next))));
    }

    [Theory]
    [InlineData(100)]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(307)]
    [InlineData(400)]
    [InlineData(404)]
    [InlineData(429)]
    [InlineData(503)]
    [InlineData(null)]
    public void EventIsTriedAgain_WhenTheReceiverDoesNotTakeIt(int? status)
    {
        var state = TakeIn(new DeliveryState(), Page(11, Entries.Entry(11))).Next;
        var failed = Answer(state, new WebhookAnswer(status, status is null ? "timeout" : null));
        Assert.Equal((DeliveryOutcome.Failed, 1), (failed.Result, failed.Next.Pending[0].Attempts));
        Assert.Equal(_now.AddSeconds(5), DeliveryRules.NextDue(failed.Next));
    }

    [Fact]
    public void EverythingGoesOnWaiting_WhenTheReceiverIsGone()
    {
        var before = TakeIn(new DeliveryState(), Page(12, Entries.Range(11, 12))).Next;
        var gone = Answer(before, new WebhookAnswer(410));
        Assert.Equal(DeliveryOutcome.Disabled, gone.Result);
        Assert.Equal(before.Pending, gone.Next.Pending);
        Assert.Equal((DeliveryOutcome.Disabled, 1, 410), Assert.Single(gone.Next.Log) is var line ? (line.Outcome, line.Attempt, line.Status) : default);
    }

    [Fact]
    public void EventIsADeadLetterThatCanBeRevived_AfterElevenAttempts()
    {
        var (state, now) = (TakeIn(new DeliveryState(), Page(11, Entries.Entry(11))).Next, _now);
        for (var attempt = 1; attempt <= 11; attempt++)
        {
            Assert.Single(state.Pending);
            now = DeliveryRules.NextDue(state)!.Value;
            state = DeliveryRules.Answered(state, DeliveryRules.Next(state, now)!, new WebhookAnswer(500), now, 0.5).Next;
            Assert.Equal(attempt, state.Log[^1].Attempt);
        }

        Assert.Empty(state.Pending);
        Assert.Equal((DeliveryOutcome.Dead, null), (state.Log[^1].Outcome, state.Log[^1].NextAttemptAt));
        Assert.Equal("e11", Assert.Single(state.DeadLetters).Event.Id);
        Assert.InRange(now - _now, TimeSpan.FromHours(23), TimeSpan.FromHours(24));

        var revived = DeliveryRules.Revive(state, now);
        Assert.Equal((1, true), (revived.Result, revived.Durable));
        Assert.Empty(revived.Next.DeadLetters);
        Assert.Equal((0, "e11"), (revived.Next.Pending[0].Attempts, DeliveryRules.Next(revived.Next, now)!.Event.Id));
    }

    [Fact]
    public void LogAndDeadLetters_AreBounded()
    {
        var state = new DeliveryState();
        for (var offset = 11; offset < 300; offset++)
        {
            var pending = new PendingDelivery(new Cursor("k7", offset), Entries.Event($"e{offset}"), 10, _now);
            state = DeliveryRules.Answered(state with { Pending = [pending] }, pending, new WebhookAnswer(500), _now, 0.5).Next;
        }

        Assert.Equal((DeliveryRules.MostLogged, DeliveryRules.MostDeadLetters), (state.Log.Count, state.DeadLetters.Count));
        Assert.Equal(("e299", "e299"), (state.Log[^1].EventId, state.DeadLetters[^1].Event.Id));
    }

    [Fact]
    public void TerminalEventWaitsForAnAcknowledgement_WhenTheWebhookIsForUnacknowledgedOnes()
    {
        var webhook = WebhookRulesTests.New("w", when: WebhookWhen.Unacknowledged);
        var state = TakeIn(new DeliveryState(), Page(12, Entries.Entry(11), Entries.Entry(12, status: VideoStatus.Ready)), webhook).Next;
        var pending = Assert.Single(state.Pending);
        Assert.Equal((_now + _escalateAfter, (PendingDelivery?)null), (pending.Due, DeliveryRules.Next(state, _now.AddSeconds(29))));
        Assert.NotNull(DeliveryRules.Next(state, _now.AddSeconds(30)));

        var skipped = DeliveryRules.Skip(state, pending, _now.AddSeconds(30));
        Assert.Empty(skipped.Next.Pending);
        Assert.Equal((DeliveryOutcome.Acknowledged, 0), (skipped.Next.Log[0].Outcome, skipped.Next.Log[0].Attempt));
    }

    private static Ingestion.Grains.Storage.StateChange<DeliveryState, TakenIn> TakeIn(DeliveryState state, JournalPage page, Webhook? webhook = null, Cursor? from = null) =>
        DeliveryRules.TakeIn(state, webhook ?? _webhook, from ?? new Cursor("k7", 10), page, _escalateAfter, _now);

    private static Ingestion.Grains.Storage.StateChange<DeliveryState, DeliveryOutcome> Answer(DeliveryState state, WebhookAnswer answer) =>
        DeliveryRules.Answered(state, state.Pending[0], answer, _now, random: 0.5);

    private static JournalPage Page(long end, params JournalEntry[] entries) => new(IsLost: false, new Cursor("k7", end), entries);

    private static IEnumerable<string> Waiting(DeliveryState state) => state.Pending.Select(pending => pending.Event.Id);
}
