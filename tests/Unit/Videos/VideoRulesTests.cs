using Ingestion.Grains.Videos;
using Ingestion.Videos;
using static Ingestion.Tests.Unit.Videos.VideoFixture;

namespace Ingestion.Tests.Unit.Videos;

public class VideoRulesTests
{
    [Fact]
    public void Create_PublishesUploadedAndQueued_WhenTheJobWasSent()
    {
        var state = VideoRules.Create(Id, New, jobSent: true, After(9));
        Assert.Equal([VideoStatus.Uploaded, VideoStatus.Queued], state.Published());
        Assert.False(state.JobPending);
        Assert.Equal(
            new VideoRecord(Id, "ann", VideoStatus.Queued, "cat.mp4", "video/mp4", 12_345, After(0), After(9), Media: null, ProcessingDepth.None,
            HasPoster: false, Error: null),
            state.Record);
    }

    [Fact]
    public void Create_LeavesTheJobPending_WhenItWasNotSent()
    {
        var state = VideoRules.Create(Id, New, jobSent: false, After(0));
        Assert.Equal([VideoStatus.Uploaded], state.Published());
        Assert.True(state.JobPending);
        Assert.Equal(VideoStatus.Uploaded, state.Record!.Status);
    }

    [Fact]
    public void Events_HaveTheVideoTheTimeAndADistinctId()
    {
        var events = VideoRules.Create(Id, New, jobSent: true, After(7)).Outbox;
        Assert.All(events, e => Assert.Equal((Id, After(7), null, null, null), (e.VideoId, e.At, e.Percent, e.ReceivedBytes, e.Error)));
        Assert.All(events, e => Assert.True(MediaId.IsValid(e.Id)));
        Assert.NotEqual(events[0].Id, events[1].Id);
    }

    [Fact]
    public void Queue_PublishesQueuedOnce_WhenTheJobIsSent()
    {
        var queued = VideoRules.Queue(Uploaded(), After(1));
        Assert.Equal([VideoStatus.Queued], queued.Published());
        Assert.False(queued.JobPending);
        Assert.Equal(After(1), queued.Record!.UpdatedAt);
        Assert.Equal([VideoStatus.Queued], VideoRules.Queue(queued, After(2)).Published());
    }

    [Theory]
    [InlineData("claimed")]
    [InlineData("ready")]
    [InlineData("failed")]
    public void Queue_PublishesNothing_WhenTheJobWasFasterThanItsAnswer(string stage)
    {
        var state = VideoRules.Queue(At(stage) with { JobPending = true }, After(5));
        Assert.Equal(At(stage).Record, state.Record);
        Assert.False(state.JobPending);
        Assert.Empty(state.Published());
    }

    [Theory]
    [InlineData("failed")]
    [InlineData("ready")]
    public void Reprocess_QueuesAFinalVideoAgain_AndKeepsWhatWasFound(string stage)
    {
        var before = At(stage);
        var state = VideoRules.Reprocess(before, failedOnly: false, After(9));
        Assert.Equal([VideoStatus.Queued], state.Published());
        Assert.Equal(before.Record! with { Status = VideoStatus.Queued, Error = null, UpdatedAt = After(9) }, state.Record);
        Assert.True(state.JobPending);
        Assert.False(VideoRules.Holds(state, before.ClaimEpoch));
    }

    [Theory]
    [InlineData("none")]
    [InlineData("uploaded")]
    [InlineData("queued")]
    [InlineData("claimed")]
    [InlineData("deleting")]
    [InlineData("removed")]
    [InlineData("closed")]
    public void Reprocess_ChangesNothing_WhenTheVideoIsOnItsWayOrGone(string stage)
    {
        var state = At(stage);
        Assert.Same(state, VideoRules.Reprocess(state, failedOnly: false, After(9)));
    }

    [Fact]
    public void Reprocess_ChangesNothing_WhenAnOperatorBringsBackWhatHasNotFailed()
    {
        var ready = Ready();
        Assert.Same(ready, VideoRules.Reprocess(ready, failedOnly: true, After(9)));
        Assert.Equal(VideoStatus.Queued, VideoRules.Reprocess(Failed(), failedOnly: true, After(9)).Record!.Status);
    }

    [Fact]
    public void AttemptsCountAnew_AndEpochsContinue_WhenItIsProcessedOnceMore()
    {
        var again = VideoRules.Reprocess(Failed(), failedOnly: false, After(9));
        var (outcome, claimed) = VideoRules.Claim(again, "w2", Lease, holderIsDead: false, After(10));
        Assert.Equal((ClaimOutcome.Granted, 2L, 1L), (outcome, claimed.ClaimEpoch, claimed.Record!.Progress!.Attempt));
        Assert.Equal(2, VideoRules.Claim(claimed, "w3", Lease, holderIsDead: true, After(11)).Next.Record!.Progress!.Attempt);
    }

    [Fact]
    public void Finish_KeepsWhatWasFoundBefore_WhenTheSecondTimeFindsLess()
    {
        var again = VideoRules.Claim(VideoRules.Reprocess(Ready(), failedOnly: false, After(9)), "w2", Lease, holderIsDead: false, After(10)).Next;
        var sourceOnly = VideoRules.Finish(again, new ProcessingResult(ProcessingDepth.SourceOnly, null, HasPoster: false, null), After(11)).Record!;
        Assert.Equal((Good.Media, ProcessingDepth.Full, true), (sourceOnly.Media, sourceOnly.Processing, sourceOnly.HasPoster));
        Assert.True(VideoRules.Finish(again, Good with { HasPoster = false }, After(11)).Record!.HasPoster);
        Assert.Null(VideoRules.Finish(again, Bad, After(11)).Record!.Media);
    }

    [Fact]
    public void Finish_ShowsTheDigestOfWhatIsStoredNow()
    {
        var first = VideoRules.Finish(Claimed(), Bad with { Sha256 = "a1" }, After(5));
        Assert.Equal("a1", first.Record!.Sha256);
        var queued = VideoRules.Reprocess(first, failedOnly: false, After(9));
        Assert.Equal("a1", queued.Record!.Sha256);
        var again = VideoRules.Claim(queued, "w2", Lease, holderIsDead: false, After(10)).Next;
        Assert.Equal("b2", VideoRules.Finish(again, Good with { Sha256 = "b2" }, After(11)).Record!.Sha256);
        // By a worker of an older build, or given up.
        Assert.Equal("a1", VideoRules.Finish(again, Good, After(11)).Record!.Sha256);
        Assert.Equal("a1", VideoRules.GiveUp(again, Bad.Error!, After(11)).Record!.Sha256);
    }

    [Fact]
    public void Progress_IsInTheRecordOnlyWhileItIsProcessed()
    {
        var claimed = Claimed();
        Assert.Equal(new VideoProgress(Step: null, 0, Attempt: 1), claimed.Record!.Progress);
        var reached = VideoRules.Progress(claimed, 40, ProcessingStep.Probe);
        Assert.Equal(new VideoProgress(ProcessingStep.Probe, 40, Attempt: 1), reached.Record!.Progress);
        Assert.Null(VideoRules.Finish(reached, Good, After(5)).Record!.Progress);
        Assert.Null(VideoRules.GiveUp(reached, Bad.Error!, After(5)).Record!.Progress);
        Assert.Null(VideoRules.Delete(reached, After(5)).Record!.Progress);
    }

    [Fact]
    public void Finish_PublishesReadyWithTheResult_WhenItIsGood()
    {
        var state = VideoRules.Finish(Claimed(), Good, After(5));
        Assert.Equal([VideoStatus.Ready], state.Published());
        Assert.Null(state.ClaimedBy);
        Assert.Equal(
            (VideoStatus.Ready, Good.Media, ProcessingDepth.Full, true, null, After(5)),
            (state.Record!.Status, state.Record.Media, state.Record.Processing, state.Record.HasPoster, state.Record.Error, state.Record.UpdatedAt));
    }

    [Fact]
    public void Finish_PublishesFailedWithTheError_WhenItIsBad()
    {
        var state = VideoRules.Finish(Claimed(), Bad, After(5));
        Assert.Equal([VideoStatus.Failed], state.Published());
        Assert.Equal(Bad.Error, state.Outbox[0].Error);
        Assert.Equal((VideoStatus.Failed, Bad.Error), (state.Record!.Status, state.Record.Error));
    }

    [Theory]
    [InlineData("uploaded")]
    [InlineData("queued")]
    [InlineData("claimed")]
    public void GiveUp_PublishesFailedAndFreesTheClaim_WhenTheVideoIsNotDone(string stage)
    {
        var error = new VideoError("dead_letter", "It was tried too often.");
        var state = VideoRules.GiveUp(At(stage), error, After(5));
        Assert.Equal([VideoStatus.Failed], state.Published());
        Assert.Equal((VideoStatus.Failed, error, null, false), (state.Record!.Status, state.Record.Error, state.ClaimedBy, state.JobPending));
    }

    [Theory]
    [InlineData("none")]
    [InlineData("ready")]
    [InlineData("failed")]
    [InlineData("deleting")]
    public void GiveUp_ChangesNothing_WhenTheVideoIsDone(string stage)
    {
        var state = At(stage);
        Assert.Same(state, VideoRules.GiveUp(state, new VideoError("dead_letter", ""), After(5)));
    }

    [Theory]
    [InlineData("uploaded")]
    [InlineData("queued")]
    [InlineData("claimed")]
    [InlineData("ready")]
    [InlineData("failed")]
    public void Delete_HidesTheVideoAndPublishesDeleted_WhateverItWas(string stage)
    {
        var state = VideoRules.Delete(At(stage), After(5));
        Assert.Equal([VideoStatus.Deleted], state.Published());
        Assert.Equal((true, null, null, false), (state.Deleting, state.ClaimedBy, state.Visible, state.JobPending));
        Assert.Equal(VideoStatus.Deleted, state.Record!.Status);
    }

    [Fact]
    public void Events_QueueBehindTheUnacknowledgedOnes_WhenMoreHappens()
    {
        var state = VideoRules.Create(Id, New, jobSent: false, After(0));
        state = VideoRules.Claim(state, "w", Lease, holderIsDead: false, After(1)).Next;
        state = VideoRules.Finish(state, Good, After(2));
        state = VideoRules.Delete(state, After(3));
        Assert.Equal([VideoStatus.Uploaded, VideoStatus.Queued, VideoStatus.Processing, VideoStatus.Ready, VideoStatus.Deleted], state.Published());
    }

    [Theory]
    [InlineData(VideoStatus.Receiving, false, "receiving")]
    [InlineData(VideoStatus.Uploaded, false, "uploaded")]
    [InlineData(VideoStatus.Queued, false, "queued")]
    [InlineData(VideoStatus.Processing, false, "processing")]
    [InlineData(VideoStatus.Playable, false, "playable")]
    [InlineData(VideoStatus.Ready, true, "ready")]
    [InlineData(VideoStatus.Failed, true, "failed")]
    [InlineData(VideoStatus.Cancelled, true, "cancelled")]
    [InlineData(VideoStatus.Expired, true, "expired")]
    [InlineData(VideoStatus.Deleted, true, "deleted")]
    public void Status_HasItsNameAndEnd(VideoStatus status, bool terminal, string name) =>
        Assert.Equal((terminal, name), (status.IsTerminal, status.WireName));
}
