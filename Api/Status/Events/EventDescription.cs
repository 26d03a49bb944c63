using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Ingestion.Api.Http;
using Ingestion.Api.OpenApi;
using Ingestion.Api.Problems;
using Ingestion.Api.Videos;
using Ingestion.Status;

namespace Ingestion.Api.Status.Events;

/// <summary>What the event addresses read and answer, for the API document.</summary>
internal static class EventDescription
{
    private static readonly Parameter _after = Parameter.Query("after", "A cursor: only what came after it. Without one, the latest state of each video.");

    public static T DescribeStream<T>(this T endpoint)
        where T : IEndpointConventionBuilder => endpoint
        .Operation("streamEvents", "The events of your videos as Server-Sent Events. The id of each is a cursor.")
        .TakesAnyQuery()
        .WithParameters(
            Parameter.Field("Last-Event-ID", "A cursor, before the one in the query."),
            _after,
            Parameter.Query("ticket", "In place of a token, for browsers; it is good once."),
            Parameter.Query("video", "Only events of this video."))
        .Answers(StatusCodes.Status200OK, "The stream. Each event has a CloudEvent as data; snapshot and reset have a list of them.", "text/event-stream")
        .Refuses(Problem.CursorInvalid, Problem.NotFound, Problem.TooManySockets, Problem.TooManyConnections);

    public static T DescribePoll<T>(this T endpoint, int longestWait, int defaultWait)
        where T : IEndpointConventionBuilder => endpoint
        .Operation("pollEvents", "The events after a cursor, at once or as soon as there are any.")
        .WithParameters(_after, Parameter.Number("wait", "Seconds to wait at most.", 0, longestWait, defaultWait))
        .AnswersJson(StatusCodes.Status200OK, typeof(PollJson))
        .Refuses(Problem.CursorInvalid, Problem.WaitInvalid, Problem.TooManyPolls);
}

/// <summary>The shape of <see cref="PollResult"/>.</summary>
/// <param name="Mode">
/// <c>replay</c>: the events after the cursor. <c>snapshot</c>: the latest of each video. <c>reset</c>: the same, as the cursor is too old.
/// </param>
/// <param name="Cursor">To be given as <c>after</c>.</param>
/// <param name="Events">CloudEvents.</param>
internal sealed record PollJson([property: AllowedValues("replay", "snapshot", "reset")] string Mode, string Cursor, IReadOnlyList<CloudEventShape> Events);

/// <summary>The shape of an event: a CloudEvent 1.0.</summary>
/// <param name="Specversion">1.0.</param>
/// <param name="Id">The event's id, the same on every transport and on every redelivery.</param>
/// <param name="Source">The path of the video, or of the webhook.</param>
/// <param name="Type">What happened.</param>
/// <param name="Subject">The id of the video, or of the webhook.</param>
/// <param name="Time">When it happened.</param>
/// <param name="Datacontenttype">application/json.</param>
/// <param name="Data">The video after it, or what happened to the webhook.</param>
internal sealed record CloudEventShape(
    string Specversion,
    string Id,
    string Source,
    [property: AllowedValues(
        "upload.created", "upload.progress", "upload.completed", "upload.cancelled", "upload.expired", "upload.failed",
        "video.queued", "video.processing", "video.progress", "video.playable", "video.ready", "video.failed", "video.deleted", "video.updated",
        "webhook.disabled", "webhook.dead_letter")] string Type,
    string Subject,
    DateTimeOffset Time,
    string Datacontenttype,
    EventDataShape Data);

/// <summary>The video after an event. Of <c>webhook.*</c> what happened to a webhook instead, from <c>webhook_id</c> on.</summary>
/// <param name="VideoId">The id of the video; absent in <c>webhook.*</c>.</param>
/// <param name="State">Its status; absent in <c>webhook.*</c>.</param>
/// <param name="Pct">Progress from 0 to 100.</param>
/// <param name="ReceivedBytes">Bytes so far, while receiving.</param>
/// <param name="Error">Why it failed.</param>
/// <param name="Owner">The user whose video it is.</param>
/// <param name="FileName">The name that the client gave.</param>
/// <param name="ExternalId">The id that the caller gave.</param>
/// <param name="SizeBytes">Bytes of the source.</param>
/// <param name="DurationSeconds">Length in seconds.</param>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
/// <param name="Metadata">The texts that the caller gave, up to 1 KiB; in events of terminal states and of changes.</param>
/// <param name="Links">Addresses; absent before the last byte and after the removal.</param>
internal sealed record EventDataShape(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? VideoId,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [property: AllowedValues("receiving", "uploaded", "queued", "processing", "playable", "ready", "failed", "cancelled", "expired", "deleted")] string? State,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Pct,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? ReceivedBytes,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ErrorJson? Error,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Owner,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? FileName,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? ExternalId,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? SizeBytes,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? DurationSeconds,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Width,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Height,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyDictionary<string, string>? Metadata,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] EventLinksShape? Links)
{
    /// <summary>The id of the webhook.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? WebhookId { get; init; }

    /// <summary>Why it was disabled: its receiver answered 410, or has failed for too long.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull), AllowedValues(WebhookNotice.Gone, WebhookNotice.Failing)]
    public string? Reason { get; init; }

    /// <summary>Since when nothing has reached its receiver.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? FailingSince { get; init; }

    /// <summary>Events that were given up.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? DeadLetters { get; init; }
}

/// <summary>Addresses of the video.</summary>
/// <param name="Self">Its record.</param>
/// <param name="Source">Its bytes.</param>
/// <param name="Poster">A still of it; absent until there is one.</param>
internal sealed record EventLinksShape(
    string Self, string Source, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Poster);
