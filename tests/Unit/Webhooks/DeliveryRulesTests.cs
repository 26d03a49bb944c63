using Ingestion.Grains.Storage;
using Ingestion.Grains.Webhooks;
using Ingestion.Status;
using Ingestion.Tests.Unit.Status;
using Ingestion.Videos;
using Ingestion.Webhooks;

namespace Ingestion.Tests.Unit.Webhooks;

/// <summary>The way of held events to one receiver, without grains. The webhook starts at k7:10.</summary>
public class DeliveryRulesTests
{
    private static readonly DateTimeOffset _now = ManualTime.Start;
    private static readonly TimeSpan _escalateAfter = TimeSpan.FromSeconds(30);
    private static readonly Webhook _webhook = WebhookRulesTests.New("w");
    private static readonly HashSet<long> _nothing = [];

    [Theory]
    [InlineData("", "e11,e12,e13")]
    [InlineData("video.ready", "e12,e13")]
    [InlineData("video.failed", "")]
    public void WantedEventsAreHeld_FromTheStartOn(string events, string held)
    {
        var batch = Batch("k7", Entries.Entry(10), Entries.Entry(11), Entries.Entry(12, status: VideoStatus.Ready), Entries.Entry(13, "b", VideoStatus.Ready));
        var wanted = DeliveryRules.Wanted(WebhookRulesTests.New("w", events), batch, shared: false).ToArray();
        Assert.Equal(held, string.Join(',', wanted.Select(item => item.Event.Id)));
        Assert.All(wanted, item => Assert.Equal((new Cursor("k7", long.Parse(item.Event.Id[1..], System.Globalization.CultureInfo.InvariantCulture)), null),
            (item.Cursor, item.Owner)));
    }

    [Fact]
    public void EventsOfANewJournalAreHeld_FromItsBeginning() =>
        Assert.Equal(["e1", "e2"], DeliveryRules.Wanted(_webhook, Batch("k8", Entries.Range(1, 2)), shared: false).Select(held => held.Event.Id));

    [Fact]
    public void EventsOfManyUsersAreHeldWithTheirOwner_FromTheCreationOn()
    {
        var early = new JournalEntry(90, Entries.Event("early") with { At = _now.AddSeconds(-1) });
        var held = Assert.Single(DeliveryRules.Wanted(_webhook, Batch("k1", early, Entries.Entry(3)), shared: true));
        Assert.Equal(("e3", "ann", new Cursor("k1", 3)), (held.Event.Id, held.Owner, held.Cursor));
    }

    [Fact]
    public void EventsOfAVideoComeInOrder_AndThoseOfOthersBesideThem()
    {
        var window = Window("a", "a", "b", "a", "c");
        var state = new DeliveryState();
        Assert.Equal(1, Next(state, window));
        Assert.Equal(3, Next(state, window, 1));
        Assert.Equal(5, Next(state, window, 1, 3));
        Assert.Null(Next(state, window, 1, 3, 5));
    }

    [Fact]
    public void LaterEventsOfAVideoWait_WhileAnEarlierOneIsTriedAgain()
    {
        var window = Window("a", "a", "b");
        var failed = Answer(new DeliveryState(), window[0], new WebhookAnswer(500));
        Assert.Equal(DeliveryOutcome.Failed, failed.Result);
        Assert.Equal(3, Next(failed.Next, window));
        Assert.Null(Next(failed.Next, window, 3));
        Assert.Equal(_now.AddSeconds(5), DeliveryRules.NextDue(failed.Next, window, new HashSet<long> { 3 }, TimeSpan.Zero));
        Assert.Equal(1, DeliveryRules.Next(failed.Next, window, _nothing, TimeSpan.Zero, _now.AddSeconds(5))!.Value.Offset);
        var line = failed.Next.Log[^1];
        Assert.Equal(("e1", 1, 500, _now.AddSeconds(5)), (line.EventId, line.Attempt, line.Status, line.NextAttemptAt));
    }

    [Theory]
    [InlineData(200)]
    [InlineData(204)]
    [InlineData(299)]
    public void EventIsThrough_WhenTheReceiverTakesIt(int status)
    {
        var window = Window("a", "b");
        var delivered = Answer(new DeliveryState(), window[0], new WebhookAnswer(status));
        Assert.Equal((DeliveryOutcome.Delivered, 1L, 1L), (delivered.Result, delivered.Next.Floor, DeliveryRules.Waiting(delivered.Next, 2)));
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
        var failed = Answer(new DeliveryState(), Window("a")[0], new WebhookAnswer(status, status is null ? "timeout" : null));
        Assert.Equal((DeliveryOutcome.Failed, 1, _now.AddSeconds(5)), (failed.Result, failed.Next.Retries[0].Attempts, failed.Next.Retries[0].Due));
        Assert.Equal(1, DeliveryRules.Waiting(failed.Next, 1));
    }

    [Fact]
    public void FloorRisesOverWhatIsThrough_WhateverTheOrder()
    {
        var state = DeliveryRules.Through(new DeliveryState(), [3, 4]);
        Assert.Equal((0L, "3,4"), (state.Floor, string.Join(',', state.Done)));
        state = DeliveryRules.Through(state, [1]);
        Assert.Equal((1L, 2L), (state.Floor, DeliveryRules.Waiting(state, 5)));
        state = DeliveryRules.Through(state, [2, 1]);
        Assert.Equal((4L, 0), (state.Floor, state.Done.Count));
        Assert.True(DeliveryRules.IsThrough(state, 4));
        Assert.False(DeliveryRules.IsThrough(state, 5));
    }

    [Fact]
    public void EverythingKeepsWaiting_WhenTheReceiverIsGone()
    {
        var gone = Answer(new DeliveryState(), Window("a")[0], new WebhookAnswer(410));
        Assert.Equal((DeliveryOutcome.Disabled, 1L), (gone.Result, DeliveryRules.Waiting(gone.Next, 1)));
        Assert.Equal((DeliveryOutcome.Disabled, 1, 410), Assert.Single(gone.Next.Log) is var line ? (line.Outcome, line.Attempt, line.Status) : default);
    }

    [Fact]
    public void EventIsGivenUp_AfterElevenAttempts()
    {
        var (state, now, item) = (new DeliveryState(), _now, Window("a")[0]);
        for (var attempt = 1; attempt <= 11; attempt++)
        {
            now = DeliveryRules.NextDue(state, [item], _nothing, TimeSpan.Zero)!.Value;
            Assert.Equal(attempt == 11, DeliveryRules.IsGivenUp(state, item, new WebhookAnswer(500)));
            state = DeliveryRules.Answered(state, item, new WebhookAnswer(500), now, 0.5).Next;
            Assert.Equal(attempt, state.Log[^1].Attempt);
        }

        Assert.Equal((DeliveryOutcome.Dead, null, 1L, 0), (state.Log[^1].Outcome, state.Log[^1].NextAttemptAt, state.Floor, state.Retries.Count));
        Assert.InRange(now - _now, TimeSpan.FromHours(23), TimeSpan.FromHours(24));
    }

    [Fact]
    public void Log_IsBounded()
    {
        var state = new DeliveryState();
        foreach (var item in Window([.. Enumerable.Repeat("a", 300)]))
            state = Answer(state, item, new WebhookAnswer(200)).Next;
        Assert.Equal((DeliveryRules.MostLogged, "e300"), (state.Log.Count, state.Log[^1].EventId));
    }

    [Fact]
    public void TerminalEventWaitsForAnAcknowledgement_WhenTheWebhookIsForUnacknowledgedOnes()
    {
        var (state, window) = (new DeliveryState(), Window("a"));
        Assert.Null(DeliveryRules.Next(state, window, _nothing, _escalateAfter, _now.AddSeconds(29)));
        Assert.NotNull(DeliveryRules.Next(state, window, _nothing, _escalateAfter, _now.AddSeconds(30)));
        var skipped = DeliveryRules.Skip(state, window[0], _now.AddSeconds(30));
        Assert.Equal((DeliveryOutcome.Acknowledged, 0, 1L), (skipped.Next.Log[0].Outcome, skipped.Next.Log[0].Attempt, skipped.Next.Floor));
    }

    /// <summary>Events 1, 2, 3 … of these videos.</summary>
    internal static LogItem<HeldEvent>[] Window(params string[] videos) =>
        [.. videos.Select((video, i) => new LogItem<HeldEvent>(i + 1, new HeldEvent(new Cursor("k7", 100 + i), Entries.Event($"e{i + 1}", video))))];

    private static long? Next(DeliveryState state, LogItem<HeldEvent>[] window, params long[] underWay) =>
        DeliveryRules.Next(state, window, underWay.ToHashSet(), TimeSpan.Zero, _now)?.Offset;

    private static StateChange<DeliveryState, DeliveryOutcome> Answer(DeliveryState state, LogItem<HeldEvent> item, WebhookAnswer answer) =>
        DeliveryRules.Answered(state, item, answer, _now, random: 0.5);

    private static JournalBatch Batch(string epoch, params JournalEntry[] entries) => new("ann", new Cursor(epoch, entries[^1].Offset), entries);
}
