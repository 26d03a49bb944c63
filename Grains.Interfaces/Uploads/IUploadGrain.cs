using Ingestion.Videos;

namespace Ingestion.Uploads;

/// <summary>
/// One upload: the cluster-wide single writer's lease and the manifest of what is stored. Key: the upload id, which becomes the video's id.
/// No chunk ever travels through it; the bytes go from the socket to the object store in the silo that holds the socket.
/// </summary>
[Alias("ingestion.upload")]
public interface IUploadGrain : IGrainWithStringKey
{
    /// <summary>
    /// Grants the write lease. A first call creates the upload; a later one takes over: the epoch rises and the old writer is refused from then on.
    /// Refused when the upload is another owner's or has ended.
    /// </summary>
    [Alias("open")]
    Task<LeaseResult> OpenAsync(OpenUpload request);

    /// <summary>
    /// Puts a stored part into the manifest. Parts come in order and without gaps: <see cref="UploadPart.Offset"/> must be the manifest's end.
    /// The answer is the acknowledged prefix in bytes.
    /// </summary>
    [Alias("commit-part")]
    Task<CommitResult> CommitPartAsync(long epoch, UploadPart part);

    /// <summary>
    /// Ends the upload: a job is queued, the store completes the object and the video is created, in this order, so that a crash in between
    /// leaves a job that sweeps and nothing that nobody knows of.
    /// </summary>
    [Alias("complete")]
    Task<CompleteResult> CompleteAsync(long epoch);

    /// <summary>Gives up: the stored bytes go, and with them the upload. A stale epoch changes nothing.</summary>
    [Alias("abort")]
    Task AbortAsync(long epoch);

    /// <summary>What the upload is now; waits for a completion under way.</summary>
    [Alias("get-state")]
    Task<UploadState> GetStateAsync();
}

/// <summary>Where an upload is.</summary>
public enum UploadState : byte
{
    /// <summary>There is none.</summary>
    None = 0,

    /// <summary>Bytes may come.</summary>
    Open = 1,

    /// <summary>It has become a video.</summary>
    Completed = 2,

    /// <summary>Given up; its bytes are gone.</summary>
    Aborted = 3,
}

/// <summary>A writer's request for the lease.</summary>
/// <param name="Owner">The <c>sub</c> of the token.</param>
/// <param name="FileName">As the client gave it; for display only.</param>
/// <param name="ContentType">The media type found in the first bytes.</param>
/// <param name="Length">Total bytes if known.</param>
/// <param name="Resumable">Whether the manifest is stored as it grows. A form upload can't be resumed, so its manifest lives in memory.</param>
[GenerateSerializer, Immutable, Alias("ingestion.open-upload")]
public sealed record OpenUpload(
    [property: Id(0)] string Owner,
    [property: Id(1)] string? FileName,
    [property: Id(2)] string ContentType,
    [property: Id(3)] long? Length,
    [property: Id(4)] bool Resumable);

/// <summary>How a request of a writer went.</summary>
public enum UploadOutcome : byte
{
    /// <summary>Done.</summary>
    Ok = 0,

    /// <summary>No such upload, or another owner's.</summary>
    NotFound = 1,

    /// <summary>Another writer has taken over.</summary>
    StaleEpoch = 2,

    /// <summary>The part does not start where the manifest ends; the answer's offset says where that is.</summary>
    OffsetMismatch = 3,

    /// <summary>The upload has ended.</summary>
    Ended = 4,
}

/// <summary>A write lease.</summary>
/// <param name="Outcome">How it went; the rest is meaningless unless Ok.</param>
/// <param name="Epoch">To be given with each call of this writer.</param>
/// <param name="Offset">Acknowledged bytes; the next part starts here.</param>
/// <param name="PartSize">Bytes of every part but the last. Part number = 1 + offset / part size.</param>
/// <param name="StoreUploadId">The object store's own handle of this upload.</param>
[GenerateSerializer, Immutable, Alias("ingestion.lease-result")]
public sealed record LeaseResult(
    [property: Id(0)] UploadOutcome Outcome,
    [property: Id(1)] long Epoch,
    [property: Id(2)] long Offset,
    [property: Id(3)] int PartSize,
    [property: Id(4)] string StoreUploadId);

/// <summary>A part that is safe in the object store.</summary>
/// <param name="Number">1 + offset / part size.</param>
/// <param name="Offset">First byte.</param>
/// <param name="Length">Bytes.</param>
/// <param name="ETag">The store's tag of the part; empty where it has none.</param>
[GenerateSerializer, Immutable, Alias("ingestion.upload-part")]
public sealed record UploadPart([property: Id(0)] int Number, [property: Id(1)] long Offset, [property: Id(2)] long Length, [property: Id(3)] string ETag);

/// <summary>Answer to a commit.</summary>
/// <param name="Outcome">How it went.</param>
/// <param name="Offset">The acknowledged prefix in bytes, whatever the outcome.</param>
[GenerateSerializer, Immutable, Alias("ingestion.commit-result")]
public sealed record CommitResult([property: Id(0)] UploadOutcome Outcome, [property: Id(1)] long Offset);

/// <summary>Answer to a completion.</summary>
/// <param name="Outcome">How it went.</param>
/// <param name="Video">The video it became; null unless Ok.</param>
[GenerateSerializer, Immutable, Alias("ingestion.complete-result")]
public sealed record CompleteResult([property: Id(0)] UploadOutcome Outcome, [property: Id(1)] VideoRecord? Video);
