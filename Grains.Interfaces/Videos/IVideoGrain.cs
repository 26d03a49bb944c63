using Ingestion.Status;
using Orleans.Concurrency;

namespace Ingestion.Videos;

/// <summary>
/// One video: its record, its life cycle and its outbox. Key: the video id. Each change is stored before it is told to anyone, and told to
/// <see cref="Status.IStatusGrain"/> until that has acknowledged it.
/// </summary>
[Alias("ingestion.video")]
public interface IVideoGrain : IGrainWithStringKey
{
    /// <summary>
    /// Stores the record of a completed upload and lists it in its owner's library. <paramref name="jobSent"/> tells whether its job is in
    /// the queue already; if not, the grain sends it until the queue takes it. Creating it again with the same id changes nothing.
    /// </summary>
    [Alias("create")]
    Task<VideoRecord> CreateAsync(NewVideo video, bool jobSent);

    /// <summary>The record, or null when there is none or <paramref name="owner"/> is not its owner.</summary>
    [Alias("get"), ReadOnly]
    Task<VideoRecord?> GetAsync(string owner);

    /// <summary>Whether there is a record, whoever owns it.</summary>
    [Alias("exists"), ReadOnly]
    Task<bool> ExistsAsync();

    /// <summary>Removes the video, its objects and its list entry. False when there is none or <paramref name="owner"/> is not its owner.</summary>
    [Alias("delete")]
    Task<bool> DeleteAsync(string owner);

    /// <summary>
    /// A worker takes the video for <paramref name="lease"/>. A claim under a live lease is refused; a lapsed one is taken over with a higher epoch.
    /// A video under deletion is removed here and now (the job was the reminder to do so).
    /// </summary>
    [Alias("claim")]
    Task<ClaimResult> ClaimAsync(string worker, TimeSpan lease);

    /// <summary>Keeps the claim and tells how far the work is (0–100). False when another worker has taken over: stop working.</summary>
    [Alias("report-progress")]
    Task<bool> ReportProgressAsync(long epoch, int percent, TimeSpan lease);

    /// <summary>Ends the work with a result. False when the claim is not this worker's any more; then nothing has changed.</summary>
    [Alias("finish")]
    Task<bool> FinishAsync(long epoch, ProcessingResult result);

    /// <summary>Whether its owner knows all of it. Until then a job must stay in the queue: who takes it tries again to tell.</summary>
    [Alias("is-told")]
    Task<bool> IsToldAsync();

    /// <summary>Gives the claim back unfinished, so that the job's next delivery can be claimed at once.</summary>
    [Alias("release")]
    Task ReleaseAsync(long epoch);

    /// <summary>Ends a video whose job can't be done, whoever holds it: the job went to the dead letters.</summary>
    [Alias("give-up")]
    Task GiveUpAsync(VideoError error);
}

/// <summary>What a completed upload makes a video of.</summary>
/// <param name="Owner">The <c>sub</c> of the token.</param>
/// <param name="FileName">As the client gave it.</param>
/// <param name="ContentType">From the first bytes.</param>
/// <param name="SizeBytes">Bytes of the source.</param>
/// <param name="CreatedAt">When the upload began.</param>
/// <param name="Untold">That the upload began, where its owner perhaps could not be told: the video tells it before its own events.</param>
[GenerateSerializer, Immutable, Alias("ingestion.new-video")]
public sealed record NewVideo(
    [property: Id(0)] string Owner,
    [property: Id(1)] string? FileName,
    [property: Id(2)] string ContentType,
    [property: Id(3)] long SizeBytes,
    [property: Id(4)] DateTimeOffset CreatedAt,
    [property: Id(5)] StatusEvent? Untold = null);

/// <summary>How a claim went.</summary>
public enum ClaimOutcome : byte
{
    /// <summary>The worker holds the video until its lease ends.</summary>
    Granted = 0,

    /// <summary>Another worker holds it, or its owner could not be told of its end yet: deliver the job again later.</summary>
    Busy = 1,

    /// <summary>Nothing is left to do: the job can go.</summary>
    Done = 2,

    /// <summary>There is no such video: sweep what is left of its upload.</summary>
    Unknown = 3,
}

/// <summary>Answer to a claim.</summary>
/// <param name="Outcome">How it went.</param>
/// <param name="Epoch">The claim's epoch, to be given with each report; 0 unless granted.</param>
/// <param name="Record">The record as it is now; null when unknown.</param>
[GenerateSerializer, Immutable, Alias("ingestion.claim-result")]
public sealed record ClaimResult([property: Id(0)] ClaimOutcome Outcome, [property: Id(1)] long Epoch, [property: Id(2)] VideoRecord? Record);

/// <summary>What a worker made of a video: an <see cref="Error"/>, or the rest.</summary>
[GenerateSerializer, Immutable, Alias("ingestion.processing-result")]
public sealed record ProcessingResult(
    [property: Id(0)] ProcessingDepth Depth,
    [property: Id(1)] MediaInfo? Media,
    [property: Id(2)] bool HasPoster,
    [property: Id(3)] VideoError? Error);
