using Ingestion.Videos;
using Orleans.Concurrency;

namespace Ingestion.Uploads;

/// <summary>
/// One upload: the cluster-wide single writer's lease and the manifest of what is stored. Key: the upload id, which becomes the video's id.
/// No chunk ever travels through it; the bytes go from the socket to the object store in the silo that holds the socket.
/// </summary>
[Alias("ingestion.upload")]
public interface IUploadGrain : IGrainWithStringKey
{
    /// <summary>Creates the upload and tells its owner so. Its bytes come under a lease of <see cref="AcquireAsync"/>.</summary>
    [Alias("create")]
    Task<UploadOutcome> CreateAsync(NewUpload upload);

    /// <summary>
    /// Grants the write lease. A new writer takes over at once: the epoch rises, the old one is refused from then on and told so.
    /// With <paramref name="expectedOffset"/> the lease is refused, and nobody disturbed, unless the acknowledged prefix ends there.
    /// </summary>
    [Alias("acquire")]
    Task<LeaseResult> AcquireAsync(string owner, long? expectedOffset, IUploadWriter? writer);

    /// <summary>
    /// Puts what is stored into the manifest: parts in order and without gaps from where it ends, then perhaps a tail. All of it or nothing.
    /// The answer is the acknowledged prefix in bytes.
    /// </summary>
    [Alias("commit")]
    Task<CommitResult> CommitAsync(long epoch, UploadCommit commit);

    /// <summary>The writer has ended and what it had is committed. A stale epoch changes nothing.</summary>
    [Alias("release")]
    Task ReleaseAsync(long epoch);

    /// <summary>
    /// Commits the last of it and ends the upload: a job is queued, the store completes the object and the video is created, in this order, so that a crash in between
    /// leaves a job that sweeps and nothing that nobody knows of. A partial upload is only marked complete.
    /// </summary>
    /// <remarks>A store may take minutes to put many parts together, and to read them back for a digest.</remarks>
    [Alias("complete"), ResponseTimeout("00:10:00")]
    Task<CompleteResult> CompleteAsync(long epoch, UploadCommit last);

    /// <summary>
    /// Gives up: the stored bytes go, and with them the upload; its owner is told with <paramref name="error"/> that it failed, without that it
    /// was cancelled. A stale epoch changes nothing.
    /// </summary>
    [Alias("abort")]
    Task AbortAsync(long epoch, VideoError? error);

    /// <summary>The owner gives up, whoever writes. A completed upload goes with its video.</summary>
    [Alias("cancel")]
    Task<UploadOutcome> CancelAsync(string owner);

    /// <summary>What the upload is, for its owner; null when there is none or it is another's. Reading it does not touch its writer.</summary>
    [Alias("get-info"), ReadOnly]
    Task<UploadInfo?> GetInfoAsync(string owner);

    /// <summary>Asks a writer that is still there to store what it has and end; <see cref="UploadInfo.Writing"/> tells when it has.</summary>
    [Alias("settle")]
    Task SettleAsync(string owner);

    /// <summary>What the upload is now; brings a completion or an end under way to its end first.</summary>
    [Alias("get-state"), ResponseTimeout("00:10:00")]
    Task<UploadState> GetStateAsync();

    /// <summary>
    /// The janitor's question. An upload whose time has come is ended, its bytes, reservation and record go; of a finished one the record goes.
    /// Otherwise the answer is when to ask again; null when there is nothing left to ask about.
    /// </summary>
    [Alias("expire")]
    Task<DateTimeOffset?> ExpireAsync();

    /// <summary>
    /// What the edge must know to take a part of a direct upload; null when there is none that still takes parts. It asks for no owner: whoever
    /// calls has checked a signed address.
    /// </summary>
    [Alias("find-direct"), ReadOnly]
    Task<DirectTarget?> FindDirectAsync();
}

/// <summary>The request that writes, as the grain of its upload sees it.</summary>
[Alias("ingestion.upload-writer")]
public interface IUploadWriter : IGrainObserver
{
    /// <summary>End now. With <paramref name="settle"/> store and commit what has come; without, another writer has the lease already.</summary>
    [Alias("on-end"), OneWay]
    Task OnEndAsync(long epoch, bool settle);
}

/// <summary>Where an upload is.</summary>
public enum UploadState : byte
{
    /// <summary>There is none.</summary>
    None = 0,

    /// <summary>Bytes may come.</summary>
    Open = 1,

    /// <summary>It has become a video, or a part of one.</summary>
    Completed = 2,

    /// <summary>Given up; its bytes are gone.</summary>
    Aborted = 3,

    /// <summary>Its time was over; its bytes are gone.</summary>
    Expired = 4,

    /// <summary>Decided to end; its bytes are going.</summary>
    Ending = 5,

    /// <summary>All bytes are there; the video is being made of them.</summary>
    Completing = 6,

    /// <summary>It can't become a video, the owner was told why; its bytes are gone.</summary>
    Failed = 7,
}

/// <summary>What kind of upload it is. The numbers are stored.</summary>
public enum UploadKind : byte
{
    /// <summary>One request from beginning to end: it can't be resumed, so its manifest lives in memory.</summary>
    Form = 0,

    /// <summary>Resumable: the manifest is stored as it grows.</summary>
    Resumable = 1,

    /// <summary>Resumable, and only a piece: it never becomes a video itself.</summary>
    Partial = 2,

    /// <summary>Put together by us from partial uploads.</summary>
    Final = 3,

    /// <summary>The client sends the parts to the store itself.</summary>
    Direct = 4,
}

/// <summary>What a client asks for.</summary>
/// <param name="Owner">The <c>sub</c> of the token.</param>
/// <param name="Kind">What kind of upload.</param>
/// <param name="FileName">As the client gave it; for display only.</param>
/// <param name="ContentType">The media type found in the first bytes; null as long as none have come.</param>
/// <param name="Length">Total bytes if known.</param>
/// <param name="Metadata">Whatever the client wants back on request, as it sent it (<c>Upload-Metadata</c>).</param>
/// <param name="Concat">The header <c>Upload-Concat</c> of a partial or final upload, as sent.</param>
/// <param name="TimeToLive">How long it may lie unfinished after its last change.</param>
[GenerateSerializer, Immutable, Alias("ingestion.new-upload")]
public sealed record NewUpload(
    [property: Id(0)] string Owner,
    [property: Id(1)] UploadKind Kind,
    [property: Id(2)] string? FileName,
    [property: Id(3)] string? ContentType,
    [property: Id(4)] long? Length,
    [property: Id(5)] string? Metadata,
    [property: Id(6)] string? Concat,
    [property: Id(7)] TimeSpan TimeToLive)
{
    /// <summary>Whether the source must start like a known video container, where its bytes don't pass the edge, which would see.</summary>
    [Id(8)]
    public bool MustBeKnown { get; init; }

    /// <summary>What its bytes must have; null where the client does not say.</summary>
    [Id(9)]
    public SourceDigest? Digest { get; init; }
}

/// <summary>An upload as its owner sees it.</summary>
/// <param name="State">Where it is.</param>
/// <param name="Kind">What kind it is.</param>
/// <param name="Offset">The acknowledged prefix in bytes; never falls.</param>
/// <param name="Length">Total bytes if known.</param>
/// <param name="Metadata">As sent at creation.</param>
/// <param name="Concat">As sent at creation.</param>
/// <param name="FileName">As given at creation.</param>
/// <param name="ExpiresAt">When it goes if nothing more comes.</param>
/// <param name="Writing">Whether a writer holds the lease.</param>
/// <param name="Plan">How it is cut.</param>
/// <param name="StoreUploadId">The object store's handle; empty as long as there is none.</param>
[GenerateSerializer, Immutable, Alias("ingestion.upload-info")]
public sealed record UploadInfo(
    [property: Id(0)] UploadState State,
    [property: Id(1)] UploadKind Kind,
    [property: Id(2)] long Offset,
    [property: Id(3)] long? Length,
    [property: Id(4)] string? Metadata,
    [property: Id(5)] string? Concat,
    [property: Id(6)] string? FileName,
    [property: Id(7)] DateTimeOffset ExpiresAt,
    [property: Id(8)] bool Writing,
    [property: Id(9)] PartPlan Plan,
    [property: Id(10)] string StoreUploadId);

/// <summary>How a request of a writer went.</summary>
public enum UploadOutcome : byte
{
    /// <summary>Done.</summary>
    Ok = 0,

    /// <summary>No such upload, or another owner's.</summary>
    NotFound = 1,

    /// <summary>Another writer has taken over.</summary>
    StaleEpoch = 2,

    /// <summary>What came does not start where the manifest ends; the answer's offset says where that is.</summary>
    OffsetMismatch = 3,

    /// <summary>The upload has ended: it is complete.</summary>
    Ended = 4,

    /// <summary>It was given up or has expired.</summary>
    Gone = 5,

    /// <summary>More bytes than the declared length, or a length that contradicts an earlier one.</summary>
    LengthMismatch = 6,

    /// <summary>It has not all its bytes yet.</summary>
    Incomplete = 7,

    /// <summary>The store does not hold what it acknowledged: the upload has failed and is gone.</summary>
    Failed = 8,

    /// <summary>Its bytes come on another way.</summary>
    NotAppendable = 9,

    /// <summary>All of it is there and is no video: the upload has failed and is gone.</summary>
    NotAVideo = 10,

    /// <summary>All of it is there and is not what its digest says: the upload has failed and is gone.</summary>
    DigestMismatch = 11,
}

/// <summary>Where the parts of a direct upload go.</summary>
/// <param name="StoreUploadId">The object store's handle.</param>
/// <param name="Plan">How the source is cut.</param>
/// <param name="Length">Total bytes.</param>
[GenerateSerializer, Immutable, Alias("ingestion.direct-target")]
public sealed record DirectTarget([property: Id(0)] string StoreUploadId, [property: Id(1)] PartPlan Plan, [property: Id(2)] long Length);

/// <summary>What the bytes of a whole source must have, as its client says.</summary>
/// <param name="Algorithm"><c>SHA256</c> or <c>SHA512</c>.</param>
/// <param name="Value">The hash.</param>
[GenerateSerializer, Immutable, Alias("ingestion.source-digest")]
public sealed record SourceDigest([property: Id(0)] string Algorithm, [property: Id(1)] ReadOnlyMemory<byte> Value);

/// <summary>A write lease.</summary>
/// <param name="Outcome">How it went; the epoch is meaningless unless Ok.</param>
/// <param name="Epoch">To be given with each call of this writer.</param>
/// <param name="Length">Total bytes if known.</param>
/// <param name="Plan">How the source is cut.</param>
/// <param name="StoreUploadId">The object store's own handle of this upload; empty as long as there is none.</param>
/// <param name="PartsEnd">Bytes in the manifest's parts.</param>
/// <param name="Tail">What is acknowledged behind them.</param>
/// <param name="Head">The first bytes, as long as the media type is not known.</param>
/// <param name="ContentType">The media type; null as long as too few bytes have come.</param>
/// <param name="Kind">What kind of upload.</param>
/// <param name="ExpiresAt">When it goes if nothing more comes.</param>
[GenerateSerializer, Immutable, Alias("ingestion.lease-result")]
public sealed record LeaseResult(
    [property: Id(0)] UploadOutcome Outcome,
    [property: Id(1)] long Epoch,
    [property: Id(2)] long? Length,
    [property: Id(3)] PartPlan Plan,
    [property: Id(4)] string StoreUploadId,
    [property: Id(5)] long PartsEnd,
    [property: Id(6)] UploadTail? Tail,
    [property: Id(7)] ReadOnlyMemory<byte> Head,
    [property: Id(8)] string? ContentType,
    [property: Id(9)] UploadKind Kind,
    [property: Id(10)] DateTimeOffset ExpiresAt)
{
    /// <summary>Acknowledged bytes; the next ones start here.</summary>
    public long Offset => PartsEnd + (Tail?.Length ?? 0);
}

/// <summary>A part that is safe in the object store.</summary>
/// <param name="Number">As the upload's <see cref="PartPlan"/> counts.</param>
/// <param name="Offset">First byte.</param>
/// <param name="Length">Bytes.</param>
/// <param name="ETag">The store's tag of the part; empty where it has none.</param>
[GenerateSerializer, Immutable, Alias("ingestion.upload-part")]
public sealed record UploadPart([property: Id(0)] int Number, [property: Id(1)] long Offset, [property: Id(2)] long Length, [property: Id(3)] string ETag);

/// <summary>Bytes behind the last part, safe in the object store until the part that will hold them is.</summary>
/// <param name="Offset">First byte: where the parts end.</param>
/// <param name="Length">Bytes, at least one.</param>
/// <param name="Name">The store's name of them; empty where they lie at their final place.</param>
[GenerateSerializer, Immutable, Alias("ingestion.upload-tail")]
public sealed record UploadTail([property: Id(0)] long Offset, [property: Id(1)] long Length, [property: Id(2)] string Name);

/// <summary>What a writer has stored since its last commit, and what it has learnt.</summary>
/// <param name="StoreUploadId">The store's handle; empty as long as there is none.</param>
/// <param name="Parts">In order, without gaps.</param>
/// <param name="Tail">Behind them; null leaves the manifest's tail as long as no part has replaced it.</param>
/// <param name="Length">Total bytes, if they were declared with this; may be said again but not changed.</param>
/// <param name="ContentType">The media type, once the first bytes have shown it.</param>
/// <param name="Head">The first bytes, as long as they have not.</param>
[GenerateSerializer, Immutable, Alias("ingestion.upload-commit")]
public sealed record UploadCommit(
    [property: Id(0)] string StoreUploadId,
    [property: Id(1)] IReadOnlyList<UploadPart> Parts,
    [property: Id(2)] UploadTail? Tail,
    [property: Id(3)] long? Length,
    [property: Id(4)] string? ContentType,
    [property: Id(5)] ReadOnlyMemory<byte> Head)
{
    /// <summary>Adds nothing: asks whether the lease still holds, and says that its writer lives.</summary>
    public static UploadCommit Empty { get; } = new("", [], null, null, null, default);

    /// <summary>What the bytes of the whole source must have, if the client says it with these; replaces what it said before.</summary>
    [Id(6)]
    public SourceDigest? Digest { get; init; }
}

/// <summary>Answer to a commit.</summary>
/// <param name="Outcome">How it went.</param>
/// <param name="Offset">The acknowledged prefix in bytes, whatever the outcome.</param>
/// <param name="ExpiresAt">When the upload goes if nothing more comes.</param>
[GenerateSerializer, Immutable, Alias("ingestion.commit-result")]
public sealed record CommitResult([property: Id(0)] UploadOutcome Outcome, [property: Id(1)] long Offset, [property: Id(2)] DateTimeOffset ExpiresAt);

/// <summary>Answer to a completion.</summary>
/// <param name="Outcome">How it went.</param>
/// <param name="Video">The video it became; null unless Ok, and for partial uploads.</param>
[GenerateSerializer, Immutable, Alias("ingestion.complete-result")]
public sealed record CompleteResult([property: Id(0)] UploadOutcome Outcome, [property: Id(1)] VideoRecord? Video);
