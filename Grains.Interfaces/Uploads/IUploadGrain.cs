using Ingestion.Calls;
using Ingestion.Videos;
using Orleans.Concurrency;

namespace Ingestion.Uploads;

/// <summary>
/// One upload: the cluster-wide single writer's lease and the manifest of what is stored. Key: the upload id, which becomes the video's id.
/// No chunk ever travels through it; the bytes go from the socket to the object store in the silo that holds the socket.
/// </summary>
[Alias("ingestion.upload"), GrainInterfaceType("ingestion.upload")]
public interface IUploadGrain : IGrainWithStringKey
{
    /// <summary>Creates the upload and publishes that. Its bytes come under a lease of <see cref="AcquireAsync"/>.</summary>
    [Alias("create"), Repeatable]
    Task<UploadOutcome> CreateAsync(NewUpload upload);

    /// <summary>
    /// Closes the id unless there is an upload: a tombstone is stored where its manifest would be, and a creation that is late in a silo that was frozen
    /// meets a conflict. Not for forms, of which nothing is stored but their videos. The tombstone goes as that of a video.
    /// </summary>
    /// <returns>True: there is no upload and never will be. False: there is or was one; nothing has changed.</returns>
    [Alias("close"), Repeatable]
    Task<bool> CloseAsync();

    /// <summary>
    /// Grants the write lease. A new writer takes over at once: the epoch rises, the old writer is notified and refused from then on.
    /// With <paramref name="expectedOffset"/> the lease is refused, and the old writer continues, unless the acknowledged prefix ends there.
    /// </summary>
    [Alias("acquire"), Repeatable]
    Task<LeaseResult> AcquireAsync(string owner, long? expectedOffset, IUploadWriter? writer);

    /// <summary>
    /// Puts what is stored into the manifest: parts in order and without gaps from where it ends, then perhaps a tail. All of it or nothing.
    /// The answer is the acknowledged prefix in bytes. The same commit again changes nothing.
    /// </summary>
    [Alias("commit"), Repeatable]
    Task<CommitResult> CommitAsync(long epoch, UploadCommit commit);

    /// <summary>The writer has ended and what it had is committed. A stale epoch changes nothing.</summary>
    [Alias("release")]
    Task ReleaseAsync(long epoch);

    /// <summary>
    /// Commits the last of it and ends the upload: a job is queued, the decision is stored, the store completes the object and the video is created, in this
    /// order, so that after a crash in between the job finishes it. A partial upload is only marked complete. The same completion again waits for the first,
    /// or gets what came of it.
    /// </summary>
    /// <remarks>A store may take minutes to put many parts together, and to read them back for a digest.</remarks>
    [Alias("complete"), Repeatable, ResponseTimeout("00:10:00")]
    Task<CompleteResult> CompleteAsync(long epoch, UploadCommit last);

    /// <summary>
    /// Gives up: the stored bytes go, and with them the upload. Publishes that it failed with <paramref name="error"/>, or without one that it was
    /// cancelled. A stale epoch changes nothing.
    /// </summary>
    [Alias("abort"), ResponseTimeout("00:00:30")]
    Task AbortAsync(long epoch, VideoError? error);

    /// <summary>The owner gives up, also while a writer is at work. A completed upload goes with its video.</summary>
    [Alias("cancel"), ResponseTimeout("00:00:30")]
    Task<UploadOutcome> CancelAsync(string owner);

    /// <summary>
    /// The upload's video was removed: its name, metadata and owner go from the record, and its client gets "gone" until its time is over. One-way, as the
    /// upload may be waiting for its video's removal itself; what is lost goes with the record's own time.
    /// </summary>
    [Alias("forget-video"), OneWay]
    Task ForgetVideoAsync();

    /// <summary>The owner is erased: an unfinished upload is given up first, then nothing is left of the record.</summary>
    /// <returns>False when there is no record, or it is another user's.</returns>
    [Alias("erase"), ResponseTimeout("00:10:00")]
    Task<bool> EraseAsync(string owner);

    /// <summary>What the upload is, for its owner; null when there is none or it is another's. Reading it does not touch its writer.</summary>
    [Alias("get-info"), ReadOnly]
    Task<UploadInfo?> GetInfoAsync(string owner);

    /// <summary>
    /// Notifies a writer that still exists to store the rest and stop; <see cref="UploadInfo.Writing"/> is false when it has, or has not answered in
    /// time.
    /// </summary>
    [Alias("stop-writer")]
    Task StopWriterAsync(string owner);

    /// <summary>
    /// Notifies a writer to store and commit what it has, and to go on. <see cref="UploadInfo.Commits"/> rises when it has; never if the writer no longer
    /// exists.
    /// </summary>
    /// <returns>False when nothing writes, or what it wrote was committed a moment ago.</returns>
    [Alias("want-commit")]
    Task<bool> WantCommitAsync(string owner);

    /// <summary>Finishes a completion or an end that a crash or a fault interrupted; does nothing when none is pending.</summary>
    /// <returns>Where the upload is then.</returns>
    [Alias("finish-pending"), ResponseTimeout("00:10:00")]
    Task<UploadState> FinishPendingAsync();

    /// <summary>
    /// Called for a job whose video does not exist: finishes what is pending, as <see cref="FinishPendingAsync"/>. Of an open upload the completion
    /// that sent the job has failed, or is late in a silo that was frozen: a write makes sure that it conflicts, so that the job may go.
    /// </summary>
    /// <returns>Where the upload is then. <see cref="UploadState.None"/> proves nothing: a form's manifest dies with its silo.</returns>
    [Alias("finish-for-job"), ResponseTimeout("00:10:00")]
    Task<UploadState> FinishForJobAsync();

    /// <summary>
    /// Called by the index when the upload is due. An upload whose time is over is ended: its bytes, reservation and record go; of a finished one
    /// the record goes.
    /// </summary>
    /// <returns>When it is due again; null when nothing is left of it.</returns>
    [Alias("expire"), ResponseTimeout("00:00:30")]
    Task<DateTimeOffset?> ExpireAsync();

    /// <summary>
    /// Makes this finished partial upload a part of a final one, for good: from now on it goes when that goes, and not before. May be repeated.
    /// </summary>
    /// <returns>Ok; NotFound, Incomplete or Gone when it can't be a part of anything; Used when it is one of another final upload.</returns>
    [Alias("join-into")]
    Task<UploadOutcome> JoinIntoAsync(string owner, string finalId);

    /// <summary>
    /// Its final upload has ended. With <paramref name="remove"/> its bytes and its reservation go, and its record stays for as long as it would have;
    /// without, it is a free partial upload again. Changes nothing unless it is a part of <paramref name="finalId"/>.
    /// </summary>
    [Alias("leave-join"), ResponseTimeout("00:00:30")]
    Task LeaveJoinAsync(string finalId, bool remove);

    /// <summary>
    /// What the edge needs to take a part of a direct upload; null when there is none that still takes parts. It checks no owner: the caller has
    /// checked a signed address.
    /// </summary>
    [Alias("find-direct"), ReadOnly]
    Task<DirectTarget?> FindDirectAsync();
}
