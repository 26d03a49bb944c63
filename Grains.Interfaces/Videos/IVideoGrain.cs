using Ingestion.Calls;
using Orleans.CodeGeneration;
using Orleans.Concurrency;

namespace Ingestion.Videos;

/// <summary>
/// One video: its record, its life cycle and its outbox. Key: the video id. Each change is stored together with its event, and the event is
/// published to <see cref="Status.IStatusGrain"/> until that has acknowledged it.
/// </summary>
[Alias("ingestion.video"), GrainInterfaceType("ingestion.video"), Version(1)]
public interface IVideoGrain : IGrainWithStringKey
{
    /// <summary>
    /// Stores the record of a completed upload and lists it in its owner's library. <paramref name="jobSent"/>: its job is in the
    /// queue already; otherwise the grain sends it until the queue takes it. Creating it again with the same id changes nothing.
    /// </summary>
    /// <returns>The record; null when the id is closed (<see cref="CloseAsync"/>): then there is no video and never will be.</returns>
    [Alias("create"), Repeatable]
    Task<VideoRecord?> CreateAsync(NewVideo video, bool jobSent);

    /// <summary>The record, or null when there is none or <paramref name="owner"/> is not its owner.</summary>
    [Alias("get"), ReadOnly]
    Task<VideoRecord?> GetAsync(string owner);

    /// <summary>Whether there is a record, of any owner.</summary>
    [Alias("exists"), ReadOnly]
    Task<bool> ExistsAsync();

    /// <summary>
    /// Closes the id unless there is a video: a tombstone is stored in the row where the record would be. A creation that comes later is refused,
    /// and a late creation in a silo that was frozen meets a conflict. No byte is removed. The tombstone goes when no job of this id can exist
    /// any more.
    /// </summary>
    /// <returns>True: there is no video and never will be. False: there is one; nothing has changed.</returns>
    [Alias("close")]
    Task<bool> CloseAsync();

    /// <summary>
    /// Called by the index when the video is due: sends its job, publishes its events, finishes its deletion, ends its tombstone.
    /// </summary>
    /// <returns>When it is due again; null when nothing is pending.</returns>
    [Alias("check"), ResponseTimeout("00:00:30")]
    Task<DateTimeOffset?> CheckAsync();

    /// <summary>
    /// Has a video in its final state processed once more, from its source, with attempts of its own: it is <c>queued</c> again. One that is on its way
    /// stays as it is, so that a repeated call does nothing. <paramref name="owner"/> null: for an operator, who brings back what has failed only.
    /// </summary>
    /// <returns>The record; null when there is none or <paramref name="owner"/> is not its owner.</returns>
    [Alias("reprocess")]
    Task<VideoRecord?> ReprocessAsync(string? owner);

    /// <summary>The owner changes the record; subscribers get <c>video.updated</c>. A change that changes nothing is no event.</summary>
    [Alias("change")]
    Task<VideoChangeResult> ChangeAsync(string owner, VideoChange change);

    /// <summary>Removes the video, its objects and its list entry. False when there is none or <paramref name="owner"/> is not its owner.</summary>
    [Alias("delete"), ResponseTimeout("00:00:30")]
    Task<bool> DeleteAsync(string owner);

    /// <summary>
    /// A worker takes the video for <paramref name="lease"/>. A claim under a live lease is refused; a lapsed one is taken over with a higher epoch.
    /// A video under deletion is removed here and now.
    /// </summary>
    [Alias("claim"), ResponseTimeout("00:00:30")]
    Task<ClaimResult> ClaimAsync(string worker, TimeSpan lease);

    /// <summary>
    /// Keeps the claim and reports how far the work is (0–100), and the step that it is at. False when another worker has taken over: stop working.
    /// </summary>
    [Alias("report-progress")]
    Task<bool> ReportProgressAsync(long epoch, int percent, TimeSpan lease, string? step = null);

    /// <summary>Ends the work with a result. False when the claim is not this worker's any more; then nothing has changed.</summary>
    [Alias("finish")]
    Task<bool> FinishAsync(long epoch, ProcessingResult result);

    /// <summary>Whether all its events are published. Until then its job must stay in the queue: the next delivery flushes the outbox again.</summary>
    [Alias("is-published")]
    Task<bool> IsPublishedAsync();

    /// <summary>
    /// Gives the claim back unfinished, so that the job's next delivery can be claimed at once. <paramref name="nextAttemptAt"/>: when that will be about,
    /// after a failure; a progress event has it.
    /// </summary>
    [Alias("release")]
    Task ReleaseAsync(long epoch, DateTimeOffset? nextAttemptAt = null);

    /// <summary>Ends a video whose job can't be done, under any claim: the job went to the dead letters.</summary>
    [Alias("give-up")]
    Task GiveUpAsync(VideoError error);
}
