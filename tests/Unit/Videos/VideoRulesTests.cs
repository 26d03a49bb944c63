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
