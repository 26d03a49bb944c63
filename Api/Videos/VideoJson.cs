using System.Text.Json;
using System.Text.Json.Serialization;
using Ingestion.Videos;

namespace Ingestion.Api.Videos;

/// <summary>A video or task on the wire. Task id and video id are one id.</summary>
internal sealed record VideoJson(
    string VideoId,
    string TaskId,
    string Status,
    string? FileName,
    string ContentType,
    long SizeBytes,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    MediaJson? Media,
    string Processing,
    string? Note,
    ErrorJson? Error,
    LinksJson Links)
{
    /// <summary>The record with links that begin with <paramref name="linkRoot"/>.</summary>
    public static VideoJson Of(VideoRecord record, string linkRoot) => new(
        record.Id, record.Id, record.Status.WireName, record.FileName, record.ContentType, record.SizeBytes, record.CreatedAt, record.UpdatedAt,
        record.Media is { } media ? new MediaJson(media.DurationSeconds, media.Width, media.Height, media.Container, media.VideoCodec, media.AudioCodec) : null,
        ProcessingName(record.Processing), NoteOn(record), record.Error is { } error ? new ErrorJson(error.Code, error.Message) : null, LinksJson.Of(record, linkRoot));

    private static string ProcessingName(ProcessingDepth depth) => depth switch
    {
        ProcessingDepth.Full => "full",
        ProcessingDepth.SourceOnly => "source_only",
        _ => "none",
    };

    private static string? NoteOn(VideoRecord record) =>
        record.Processing is ProcessingDepth.SourceOnly ? "Not measured and without poster: ffmpeg was not found where it was processed." : null;
}

internal sealed record MediaJson(double? DurationSeconds, int Width, int Height, string Container, string VideoCodec, string? AudioCodec);

internal sealed record ErrorJson(string Code, string Message);

internal sealed record LinksJson(string Self, string Task, string Source, string? Poster)
{
    public static LinksJson Of(VideoRecord record, string root) => new(
        $"{root}/api/videos/{record.Id}", $"{root}/api/tasks/{record.Id}", $"{root}/api/videos/{record.Id}/source", record.HasPoster ? $"{root}/api/videos/{record.Id}/poster" : null);
}

/// <summary>A page of a list.</summary>
/// <param name="Items">Newest first.</param>
/// <param name="NextCursor">To be given as <c>cursor</c>; absent on the last page.</param>
internal sealed record VideoListJson(IReadOnlyList<VideoJson> Items, string? NextCursor);

/// <summary>Lets whoever has it watch one video.</summary>
/// <param name="Token">A bearer token for live status.</param>
/// <param name="ExpiresIn">Seconds.</param>
internal sealed record ShareJson(string Token, int ExpiresIn);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(VideoJson))]
[JsonSerializable(typeof(VideoListJson))]
[JsonSerializable(typeof(ShareJson))]
internal sealed partial class VideoJsonContext : JsonSerializerContext;
