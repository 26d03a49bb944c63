using System.Text.Json.Serialization;

namespace Ingestion.Videos;

/// <summary>A video as its owner sees it.</summary>
/// <param name="Id">The id of upload, task and video.</param>
/// <param name="Owner">The <c>sub</c> of the token that uploaded it.</param>
/// <param name="Status">Where it is in its life.</param>
/// <param name="FileName">The name the client gave, for display and downloads only; null when it gave none.</param>
/// <param name="ContentType">The media type found by looking at the first bytes.</param>
/// <param name="SizeBytes">Bytes of the source.</param>
/// <param name="CreatedAt">When the first byte came.</param>
/// <param name="UpdatedAt">When the status last changed.</param>
/// <param name="Media">What ffprobe found; null until processed, and without ffprobe.</param>
/// <param name="Processing">How far it was processed.</param>
/// <param name="HasPoster">Whether a poster image is stored.</param>
/// <param name="Error">Why it failed; null otherwise.</param>
[GenerateSerializer, Immutable, Alias("ingestion.video-record")]
public sealed record VideoRecord(
    [property: Id(0)] string Id,
    [property: Id(1)] string Owner,
    [property: Id(2)] VideoStatus Status,
    [property: Id(3)] string? FileName,
    [property: Id(4)] string ContentType,
    [property: Id(5)] long SizeBytes,
    [property: Id(6)] DateTimeOffset CreatedAt,
    [property: Id(7)] DateTimeOffset UpdatedAt,
    [property: Id(8)] MediaInfo? Media,
    [property: Id(9)] ProcessingDepth Processing,
    [property: Id(10)] bool HasPoster,
    [property: Id(11)] VideoError? Error)
{
    /// <summary>The tenant of the token that uploaded it; null: none.</summary>
    [Id(12)]
    public string? Tenant { get; init; }

    /// <summary>The caller's own data; null: none.</summary>
    [Id(13)]
    public CallerData? Caller { get; init; }

    /// <summary>The version of the record, for <c>ETag</c>: each change has another time.</summary>
    [JsonIgnore]
    public string Tag => $"\"{UpdatedAt.UtcTicks:x}\"";

    /// <summary>How far the processing is; null unless the video is being processed.</summary>
    [Id(20), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public VideoProgress? Progress { get; init; }

    /// <summary>SHA-256 of the source as it was stored when it was last processed, 64 lowercase hex digits; null until then.</summary>
    [Id(21), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Sha256 { get; init; }
}

/// <summary>How far the processing of a video is.</summary>
/// <param name="Step">What is being done, as <see cref="ProcessingStep"/> has it; null before the first step.</param>
/// <param name="Percent">0–100, of all steps together.</param>
/// <param name="Attempt">From 1.</param>
/// <param name="NextAttemptAt">An attempt has failed, and this is when the next one begins, about; null while one runs.</param>
[GenerateSerializer, Immutable, Alias("ingestion.video-progress")]
public sealed record VideoProgress(
    [property: Id(0)] string? Step,
    [property: Id(1)] int Percent,
    [property: Id(2)] long Attempt,
    [property: Id(3)] DateTimeOffset? NextAttemptAt = null);

/// <summary>The steps of processing, as they are named on the wire: add, never change.</summary>
public static class ProcessingStep
{
    /// <summary>The source is read for its SHA-256.</summary>
    public const string Digest = "digest";

    /// <summary>The source is measured.</summary>
    public const string Probe = "probe";

    /// <summary>A still is taken and stored.</summary>
    public const string Poster = "poster";
}

/// <summary>What processing has done to a video. The numbers are stored.</summary>
public enum ProcessingDepth : byte
{
    /// <summary>Not processed yet.</summary>
    None = 0,

    /// <summary>Checked and measured with ffprobe and ffmpeg.</summary>
    Full = 1,

    /// <summary>No ffmpeg where the worker ran: only the source is there.</summary>
    SourceOnly = 2,
}

/// <summary>Why a video failed.</summary>
/// <param name="Code">Stable, snake_case, for programs.</param>
/// <param name="Message">One sentence for people; no internals.</param>
[GenerateSerializer, Immutable, Alias("ingestion.video-error")]
public sealed record VideoError([property: Id(0)] string Code, [property: Id(1)] string Message);
