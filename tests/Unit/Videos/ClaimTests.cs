using Ingestion.Grains.Videos;
using Ingestion.Tests.Unit.Infrastructure;
using Ingestion.Videos;
using static Ingestion.Tests.Unit.Videos.VideoFixture;

namespace Ingestion.Tests.Unit.Videos;

public class ClaimTests
{
    [Fact]
    public void Claim_IsGrantedAndPublishesProcessing_WhenTheVideoIsQueued()
    {
        var (outcome, next) = VideoRules.Claim(Queued(), "w1", Lease, holderIsDead: false, After(1));
        Assert.Equal(ClaimOutcome.Granted, outcome);
        Assert.Equal([VideoStatus.Processing], next.Published());
        Assert.Equal((1, "w1", After(61)), (next.ClaimEpoch, next.ClaimedBy, next.ClaimUntil));
    }

    [Fact]
    public void Claim_PublishesQueuedFirst_WhenTheJobOvertookItsOutbox()
    {
        var (outcome, next) = VideoRules.Claim(Uploaded(), "w1", Lease, holderIsDead: false, After(1));
        Assert.Equal(ClaimOutcome.Granted, outcome);
        Assert.Equal([VideoStatus.Queued, VideoStatus.Processing], next.Published());
        Assert.False(next.JobPending);
    }

    [Theory]
    [InlineData("removed")]
    [InlineData("closed")]
    public void Claim_IsDoneAndNothingIsUnknown_WhenThereIsATombstone(string stage)
    {
        var state = At(stage);
        var (outcome, next) = VideoRules.Claim(state, "w1", Lease, holderIsDead: false, After(9));
        Assert.Equal(ClaimOutcome.Done, outcome);
        Assert.Same(state, next);
        Assert.Same(state, VideoRules.GiveUp(state, Bad.Error!, After(9)));
        Assert.Null(state.Visible);
    }

    [Fact]
    public void Claim_IsBusy_WhenAnotherWorkerHoldsALiveLease()
    {
        var held = Claimed();
        var (outcome, next) = VideoRules.Claim(held, "w2", Lease, holderIsDead: false, held.ClaimUntil - TimeSpan.FromTicks(1));
        Assert.Equal(ClaimOutcome.Busy, outcome);
        Assert.Same(held, next);
    }

    [Fact]
    public void Claim_IsBusy_WhenTheSameJobComesTwiceToOneWorker()
    {
        var held = Claimed();
        Assert.Equal(ClaimOutcome.Busy, VideoRules.Claim(held, "w1", Lease, holderIsDead: false, After(2)).Outcome);
    }

    [Theory]
    [InlineData(false, 60)] // The lease has just lapsed.
    [InlineData(true, 1)] // The holder's silo is dead.
    public void Claim_TakesOverWithAHigherEpochAndPublishesNothing_WhenTheHolderIsGone(bool holderIsDead, int secondsLater)
    {
        var held = Claimed();
        var now = After(1 + secondsLater);
        var (outcome, next) = VideoRules.Claim(held, "w2", Lease, holderIsDead, now);
        Assert.Equal(ClaimOutcome.Granted, outcome);
        Assert.Equal((held.ClaimEpoch + 1, "w2", now + Lease), (next.ClaimEpoch, next.ClaimedBy, next.ClaimUntil));
        Assert.Empty(next.Published());
        Assert.False(VideoRules.Holds(next, held.ClaimEpoch));
        Assert.True(VideoRules.Holds(next, next.ClaimEpoch));
    }

    [Theory]
    [InlineData("none", ClaimOutcome.Unknown)]
    [InlineData("ready", ClaimOutcome.Done)]
    [InlineData("failed", ClaimOutcome.Done)]
    [InlineData("deleting", ClaimOutcome.Done)]
    public void Claim_ChangesNothing_WhenThereIsNothingToDo(string stage, ClaimOutcome expected)
    {
        var state = At(stage);
        var (outcome, next) = VideoRules.Claim(state, "w1", Lease, holderIsDead: true, After(999));
        Assert.Equal(expected, outcome);
        Assert.Same(state, next);
    }

    [Theory]
    [InlineData("none")]
    [InlineData("uploaded")]
    [InlineData("queued")]
    [InlineData("ready")]
    [InlineData("failed")]
    [InlineData("deleting")]
    public void Reports_AreRefused_WhenNoWorkerHoldsTheVideo(string stage)
    {
        var state = At(stage);
        Assert.False(VideoRules.Holds(state, state.ClaimEpoch));
    }

    [Fact]
    public void Reports_AreRefused_WhenTheirEpochIsNotTheClaims()
    {
        var held = Claimed();
        Assert.True(VideoRules.Holds(held, held.ClaimEpoch));
        Assert.False(VideoRules.Holds(held, held.ClaimEpoch - 1));
        Assert.False(VideoRules.Holds(held, held.ClaimEpoch + 1));
    }

    [Fact]
    public void PublishedStates_NeverGoBackAndEndOnce_WhateverHappens() => Histories.Check(2_000, random =>
    {
        var state = VideoRules.Create(Id, New, jobSent: random.Next(2) == 0, After(0));
        var epochs = new List<long> { 0 };
        for (var second = 1; second < 25; second++)
        {
            var before = state;
            state = Step(state, epochs, random, After(second * random.Next(1, 40)));
            Assert.InRange(state.Outbox.Count - before.Outbox.Count, 0, 2);
            Assert.Equal(before.Outbox, state.Outbox.Take(before.Outbox.Count));
            if (before.Record!.Status.IsTerminal && state.Record!.Status != VideoStatus.Deleted)
                Assert.Equal(before.Record, state.Record);
            Assert.Equal(state.Record!.Status, state.Outbox[^1].Status);
        }

        var published = state.Published().ToArray();
        Assert.Equal(published.Order(), published);
        Assert.Equal(published.Distinct(), published);
        Assert.True(published.Count(status => status.IsTerminal && status is not VideoStatus.Deleted) <= 1);
        Assert.Equal(epochs.Order(), epochs);
        Assert.Equal(epochs.Distinct(), epochs);
    });

    /// <summary>One call as the grain makes it, with its guards.</summary>
    private static VideoState Step(VideoState state, List<long> epochs, Random random, DateTimeOffset now)
    {
        var epoch = epochs[random.Next(epochs.Count)];
        switch (random.Next(12))
        {
            case < 4:
                var (outcome, next) = VideoRules.Claim(state, "w" + random.Next(3), Lease, holderIsDead: random.Next(5) == 0, now);
                if (outcome is ClaimOutcome.Granted)
                    epochs.Add(next.ClaimEpoch);
                return next;
            case < 6:
                return VideoRules.Queue(state, now);
            case < 9:
                return VideoRules.Holds(state, epoch) ? VideoRules.Finish(state, random.Next(2) == 0 ? Good : Bad, now) : state;
            case 9:
                return VideoRules.Holds(state, epoch) ? state with { ClaimedBy = null } : state;
            case 10:
                return VideoRules.GiveUp(state, new VideoError("dead_letter", ""), now);
            default:
                return state.Visible is not null && random.Next(3) == 0 ? VideoRules.Delete(state, now) : state;
        }
    }
}
