using Ingestion.Status;
using Ingestion.Videos;

namespace Ingestion.Grains.Videos;

/// <summary>The life cycle of a video: pure. Each rule returns the next state, with the events of the change in its outbox.</summary>
internal static class VideoRules
{
    /// <summary>
    /// How long a tombstone is kept: as long as a job of that id can exist. SQS keeps a message for 14 days at most; the last day is for those
    /// that work on it.
    /// </summary>
    public static readonly TimeSpan TombstoneLasts = TimeSpan.FromDays(15);

    /// <summary>A completed upload becomes a video, waiting for its job.</summary>
    public static VideoState Create(string id, NewVideo video, bool jobSent, DateTimeOffset now)
    {
        var record = new VideoRecord(
            id, video.Owner, VideoStatus.Uploaded, video.FileName, video.ContentType, video.SizeBytes, video.CreatedAt, now, Media: null, ProcessingDepth.None,
            HasPoster: false, Error: null)
        {
            Tenant = video.Tenant,
            Caller = video.Caller,
        };
        var uploaded = new VideoState { JobPending = !jobSent, Outbox = video.Unpublished is { } unpublished ? [unpublished] : [] }.To(
            record, VideoStatus.Uploaded, now);
        return jobSent ? Queue(uploaded, now) : uploaded;
    }

    /// <summary>The job is in the queue.</summary>
    public static VideoState Queue(VideoState state, DateTimeOffset now) =>
        state is { Record: { Status: VideoStatus.Uploaded } record }
            ? (state with { JobPending = false }).To(record, VideoStatus.Queued, now)
            : state with { JobPending = false };

    /// <summary>A worker claims the video. A claim whose holder's silo is dead does not have to lapse first.</summary>
    public static (ClaimOutcome Outcome, VideoState Next) Claim(VideoState state, string worker, TimeSpan lease, bool holderIsDead, DateTimeOffset now)
    {
        if (state.ClosedAt is not null)
            return (ClaimOutcome.Done, state);
        if (state.Record is not { } record)
            return (ClaimOutcome.Unknown, state);
        if (state.Deleting || record.Status.IsTerminal)
            return (ClaimOutcome.Done, state);
        if (state.ClaimedBy is not null && state.ClaimUntil > now && !holderIsDead)
            return (ClaimOutcome.Busy, state);

        var claimed = state with { ClaimEpoch = state.ClaimEpoch + 1, ClaimedBy = worker, ClaimUntil = now + lease, JobPending = false };
        // A job that overtook its own outbox: the subscriber still sees every state in order.
        if (record.Status is VideoStatus.Uploaded)
            claimed = claimed.To(record, VideoStatus.Queued, now);
        var begun = claimed with { Record = claimed.Record! with { Progress = new VideoProgress(Step: null, 0, claimed.ClaimEpoch - claimed.AttemptsFrom) } };
        return (ClaimOutcome.Granted, record.Status is VideoStatus.Processing ? begun : begun.To(begun.Record!, VideoStatus.Processing, now));
    }

    /// <summary>Whether a report of the claim <paramref name="epoch"/> still counts.</summary>
    public static bool Holds(VideoState state, long epoch) =>
        state is { Visible: { Status.IsTerminal: false }, ClaimedBy: not null } && state.ClaimEpoch == epoch;

    /// <summary>How far the work under the current claim is.</summary>
    public static VideoState Progress(VideoState state, int percent, string? step, DateTimeOffset? nextAttemptAt = null) => state with
    {
        Record = state.Record! with { Progress = new VideoProgress(step, percent, state.ClaimEpoch - state.AttemptsFrom, nextAttemptAt) },
    };

    /// <summary>The worker is done.</summary>
    public static VideoState Finish(VideoState state, ProcessingResult result, DateTimeOffset now)
    {
        var before = state.Record!;
        // Processed once more where there are no tools, or no poster comes of it: the source is the same, so what was found before still holds.
        var adds = result.Depth is not ProcessingDepth.SourceOnly || before.Media is null;
        var record = before with
        {
            Media = adds ? result.Media : before.Media,
            Processing = adds ? result.Depth : before.Processing,
            HasPoster = result.HasPoster || (result.Error is null && before.HasPoster),
            Error = result.Error,
            Sha256 = result.Sha256 ?? before.Sha256,
        };
        return (state with { ClaimedBy = null }).To(record, result.Error is null ? VideoStatus.Ready : VideoStatus.Failed, now);
    }

    /// <summary>No worker can do it.</summary>
    public static VideoState GiveUp(VideoState state, VideoError error, DateTimeOffset now) =>
        state.Visible is { Status.IsTerminal: false } record
            ? (state with { ClaimedBy = null, JobPending = false }).To(record with { Error = error }, VideoStatus.Failed, now)
            : state;

    /// <summary>
    /// Processes it once more. Old reports can't reach it, as the next claim has a higher epoch. What the last processing found is shown until the
    /// next one has ended.
    /// </summary>
    public static VideoState Reprocess(VideoState state, bool failedOnly, DateTimeOffset now) =>
        state.Visible is { } record && (record.Status is VideoStatus.Failed || (record.Status is VideoStatus.Ready && !failedOnly))
            ? (state with { ClaimedBy = null, JobPending = true, AttemptsFrom = state.ClaimEpoch }).To(record with { Error = null }, VideoStatus.Queued, now)
            : state;

    /// <summary>The owner removes it: from now on it is invisible.</summary>
    public static VideoState Delete(VideoState state, DateTimeOffset now) =>
        (state with { Deleting = true, ClaimedBy = null, JobPending = false, Shares = [] }).To(state.Record!, VideoStatus.Deleted, now);

    /// <summary>There will never be a video of this id.</summary>
    public static VideoState Close(DateTimeOffset now) => new() { ClosedAt = now };

    /// <summary>The video's objects are gone, and nothing of it is left but that.</summary>
    public static VideoState Remove(DateTimeOffset now) => new() { ClosedAt = now, Removed = true };

    private static VideoState To(this VideoState state, VideoRecord record, VideoStatus status, DateTimeOffset now)
    {
        var next = record with { Status = status, UpdatedAt = now, Progress = status is VideoStatus.Processing ? record.Progress : null };
        var change = new StatusEvent(MediaId.New(now), record.Id, status, now, Error: next.Error)
        {
            Tenant = next.Tenant,
            Facts = VideoFacts.Of(next, withMetadata: status.IsTerminal && status is not VideoStatus.Deleted),
        };
        return state with { Record = next, Outbox = [.. state.Outbox, change] };
    }
}
