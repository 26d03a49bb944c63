using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using Ingestion.Api.Http;
using Ingestion.Api.Videos.Links;
using Ingestion.Videos;

namespace Ingestion.Api.Videos;

/// <summary>A video or task on the wire. Task id and video id are one id. What there is not is absent.</summary>
/// <param name="VideoId">The id of the video.</param>
/// <param name="TaskId">The same id.</param>
/// <param name="Status">Where it is in its life.</param>
/// <param name="FileName">The name that the client gave.</param>
/// <param name="ContentType">The media type found by looking at the first bytes.</param>
/// <param name="SizeBytes">Bytes of the source.</param>
/// <param name="CreatedAt">When the first byte came.</param>
/// <param name="UpdatedAt">When the status last changed.</param>
/// <param name="Media">What was measured of the source; absent until it was.</param>
/// <param name="Processing">How far it was processed.</param>
/// <param name="Progress">How far the processing is; absent unless the video is being processed.</param>
/// <param name="Note">A sentence for people.</param>
/// <param name="Error">Why it failed.</param>
/// <param name="Links">Addresses of the next steps.</param>
/// <param name="ExternalId">The id that the caller gave.</param>
/// <param name="Metadata">The texts that the caller gave.</param>
/// <param name="Sha256">SHA-256 of the stored source, 64 lowercase hex digits; absent until it was processed.</param>
/// <param name="Owner">Whose it is; in lists for operators only.</param>
internal sealed record VideoJson(
    string VideoId,
    string TaskId,
    [property: AllowedValues("receiving", "uploaded", "queued", "processing", "playable", "ready", "failed", "cancelled", "expired", "deleted")] string Status,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? FileName,
    string ContentType,
    long SizeBytes,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] MediaJson? Media,
    [property: AllowedValues("none", "full", "source_only")] string Processing,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ProgressJson? Progress,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Note,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ErrorJson? Error,
    LinksJson Links,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? ExternalId = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyDictionary<string, string>? Metadata = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull), RegularExpression("^[0-9a-f]{64}$")] string? Sha256 = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Owner = null)
{
    /// <summary>The record as its owner gets it, with signed links.</summary>
    public static VideoJson Of(VideoRecord record, HttpContext context) => new(
        record.Id, record.Id, record.Status.WireName, record.FileName, record.ContentType, record.SizeBytes, record.CreatedAt, record.UpdatedAt,
        record.Media is { } media ? MediaJson.Of(media) : null, ProcessingName(record.Processing), ProgressJson.Of(record.Progress), NoteOn(record),
        record.Error is { } error ? new ErrorJson(error.Code, error.Message) : null, LinksJson.Of(record, context.LinkRoot(), context.MediaOf(record)),
        record.Caller?.ExternalId, record.Caller?.Metadata, record.Sha256);

    /// <summary>The record for an operator: whose it is, and no way to look at it.</summary>
    public static VideoJson OfOperator(VideoRecord record, HttpContext context)
    {
        var own = Of(record, context);
        return own with { Owner = record.Owner, Links = own.Links with { SourceUrl = null, PosterUrl = null, UrlsExpireAt = null } };
    }

    private static string ProcessingName(ProcessingDepth depth) => depth switch
    {
        ProcessingDepth.Full => "full",
        ProcessingDepth.SourceOnly => "source_only",
        _ => "none",
    };

    private static string? NoteOn(VideoRecord record) =>
        record.Processing is ProcessingDepth.SourceOnly ? "Not measured and without poster: ffmpeg was not found where it was processed." : null;
}

/// <summary>How far the processing of a video is.</summary>
/// <param name="Step">What is being done; absent before the first step.</param>
/// <param name="Pct">From 0 to 100, of all steps together.</param>
/// <param name="Attempt">From 1.</param>
/// <param name="NextAttemptAt">The attempt has failed, and this is when the next one begins, about; absent while it runs.</param>
internal sealed record ProgressJson(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull), AllowedValues(ProcessingStep.Digest, ProcessingStep.Probe, ProcessingStep.Poster)]
    string? Step,
    int Pct,
    long Attempt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTimeOffset? NextAttemptAt)
{
    public static ProgressJson? Of(VideoProgress? progress) =>
        progress is null ? null : new(progress.Step, progress.Percent, progress.Attempt, progress.NextAttemptAt);
}

/// <summary>Why a video failed.</summary>
/// <param name="Code">Stable, for programs.</param>
/// <param name="Message">One sentence for people.</param>
internal sealed record ErrorJson(string Code, string Message);

/// <summary>Addresses of a video.</summary>
/// <param name="Self">Its record.</param>
/// <param name="Task">The same record.</param>
/// <param name="Source">Its bytes.</param>
/// <param name="Poster">A still of it; absent until there is one.</param>
/// <param name="SourceUrl">Its bytes, without a token: anyone with this address can read them.</param>
/// <param name="PosterUrl">A still of it, in the same way; absent until there is one.</param>
/// <param name="UrlsExpireAt">When these two end. Requesting the record again brings new ones.</param>
internal sealed record LinksJson(
    string Self, string Task, string Source, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Poster,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? SourceUrl,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? PosterUrl,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTimeOffset? UrlsExpireAt)
{
    public static LinksJson Of(VideoRecord record, string root, MediaAddresses media) => new(
        $"{root}/api/videos/{record.Id}", $"{root}/api/tasks/{record.Id}", $"{root}/api/videos/{record.Id}/source",
        record.HasPoster ? $"{root}/api/videos/{record.Id}/poster" : null, media.Source, media.Poster, media.Expires);
}

/// <summary>A page of a list.</summary>
/// <param name="Items">Newest first.</param>
/// <param name="NextCursor">To be given as <c>cursor</c>; absent on the last page.</param>
internal sealed record VideoListJson(
    IReadOnlyList<VideoJson> Items, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? NextCursor);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, Converters = [typeof(WireTimeConverter)])]
[JsonSerializable(typeof(VideoJson))]
[JsonSerializable(typeof(VideoListJson))]
internal sealed partial class VideoJsonContext : JsonSerializerContext;
