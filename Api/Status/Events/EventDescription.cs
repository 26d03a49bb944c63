using System.ComponentModel.DataAnnotations;
using System.Text.Json;
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
    private static readonly Parameter _video = Parameter.Query("video", "Only events of this video.");
    private static readonly Parameter _channels =
        Parameter.Query("ch", "In place of video: channels as of a socket, separated by commas. Without either, user, or the video that is shared.");
    private static readonly Parameter _after = Parameter.Query("after", "A cursor: only what came after it. Without one, the latest state of each video.");

    public static T DescribeStream<T>(this T endpoint)
        where T : IEndpointConventionBuilder => endpoint
        .Operation("streamEvents", "The events of your videos as Server-Sent Events. The id of each is a cursor.")
        .TakesAnyQuery()
        .WithParameters(
            Parameter.Field("Last-Event-ID", "A cursor, before the one in the query."),
            _after,
            Parameter.Query("ticket", "In place of a token, for browsers; it is good for one stream."),
            _video,
            _channels,
            Parameter.Number("heartbeat", "Seconds between two signs of life at most.", Heartbeats.Shortest, Heartbeats.Longest, 10))
        .Answers(StatusCodes.Status200OK, "The stream. Each event has a CloudEvent as data; snapshot and reset have a list of them.", "text/event-stream")
        .Refuses(
            Problem.CursorInvalid, Problem.NotFound, Problem.ChannelsInvalid, Problem.ChannelUnknown, Problem.Forbidden, Problem.HeartbeatInvalid,
            Problem.TokenRevoked, Problem.TooManySockets, Problem.TooManyConnections);

    public static T DescribePoll<T>(this T endpoint)
        where T : IEndpointConventionBuilder => endpoint
        .Operation("pollEvents", "The events after a cursor, at once or as soon as there are any.")
        .WithParameters(
            _after,
            Parameter.Number("wait", "Seconds to wait at most. No answer takes longer than 45.", 0, PollEndpoint.LongestWait, PollEndpoint.DefaultWait),
            _video,
            _channels)
        .AnswersJson(StatusCodes.Status200OK, typeof(PollJson))
        .Refuses(
            Problem.CursorInvalid, Problem.WaitInvalid, Problem.NotFound, Problem.ChannelsInvalid, Problem.ChannelUnknown, Problem.Forbidden,
            Problem.TokenRevoked, Problem.TooManyPolls);

    public static T DescribeHistory<T>(this T endpoint)
        where T : IEndpointConventionBuilder => endpoint
        .Operation("readEvents", "The events that are kept, oldest first, in pages.")
        .WithParameters(
            Parameter.Query("cursor", "next_cursor of the page before, or any other cursor. Without one, from the first event that is kept."),
            Parameter.Number("limit", "How many at most.", 1, HistoryEndpoint.LongestPage, HistoryEndpoint.LongestPage),
            Parameter.Query("from", "Only events that happened at this time or later (RFC 3339)."),
            Parameter.Query("to", "Only events that happened before this time (RFC 3339)."),
            Parameter.Query("type", "Only events of these types, separated by commas."),
            _video,
            _channels)
        .AnswersJson(StatusCodes.Status200OK, typeof(HistoryJson))
        .Refuses(
            Problem.CursorInvalid, Problem.LimitInvalid, Problem.PeriodInvalid, Problem.EventTypeInvalid, Problem.NotFound, Problem.ChannelsInvalid,
            Problem.ChannelUnknown, Problem.Forbidden, Problem.TokenRevoked);
}

/// <summary>The shape of <see cref="PollResult"/>.</summary>
/// <param name="Mode">
/// <c>replay</c>: the events after the cursor. <c>snapshot</c>: the latest of each video. <c>reset</c>: the same, as the cursor is too old.
/// </param>
/// <param name="Cursor">To be given as <c>after</c>.</param>
/// <param name="Events">CloudEvents. Those of a replay have their cursors.</param>
/// <param name="Bye">The poll was ended before its time.</param>
internal sealed record PollJson(
    [property: AllowedValues("replay", "snapshot", "reset")] string Mode,
    string Cursor,
    IReadOnlyList<PolledEventShape> Events,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ByeShape? Bye);

/// <summary>An event of the journal, or a broadcast.</summary>
/// <param name="Specversion">1.0.</param>
/// <param name="Id">The event's id, the same on every transport and on every redelivery.</param>
/// <param name="Source">The path of the video; of a broadcast, where it was sent.</param>
/// <param name="Type">What happened: as in the history, or system.broadcast.</param>
/// <param name="Subject">The id of the video; a broadcast has none.</param>
/// <param name="Time">When it happened.</param>
/// <param name="Datacontenttype">application/json.</param>
/// <param name="Data">The video after it, as in the history; of a broadcast, its message.</param>
/// <param name="Channel">Of a broadcast: where it was sent to.</param>
/// <param name="Cursor">In a replay: its place.</param>
internal sealed record PolledEventShape(
    string Specversion,
    string Id,
    string Source,
    string Type,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Subject,
    DateTimeOffset Time,
    string Datacontenttype,
    JsonElement Data,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Channel,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Cursor);

/// <summary>Why a stream or a poll ends.</summary>
/// <param name="Code">As a socket's close code.</param>
/// <param name="RetryMs">When to come back, in milliseconds: another time for each client.</param>
internal sealed record ByeShape(int Code, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? RetryMs);

/// <summary>A page of the history.</summary>
/// <param name="Events">CloudEvents, oldest first.</param>
/// <param name="Cursor">The place behind the last event that was looked at; good for every transport.</param>
/// <param name="NextCursor">The same while the journal goes on there; null at its end.</param>
/// <param name="Trimmed">Some events between the given cursor, or the beginning, and the first event are not kept any more.</param>
internal sealed record HistoryJson(IReadOnlyList<CloudEventShape> Events, string Cursor, string? NextCursor, bool Trimmed);

/// <summary>The shape of an event: a CloudEvent 1.0.</summary>
/// <param name="Specversion">1.0.</param>
/// <param name="Id">The event's id, the same on every transport and on every redelivery.</param>
/// <param name="Source">The path of the video, or of the webhook.</param>
/// <param name="Type">What happened.</param>
/// <param name="Subject">The id of the video, or of the webhook.</param>
/// <param name="Time">When it happened.</param>
/// <param name="Datacontenttype">application/json.</param>
/// <param name="Data">The video after it, or what happened to the webhook.</param>
/// <param name="Cursor">Its place.</param>
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
    EventDataShape Data,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Cursor = null);

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
/// <param name="Self">Its record. Not for guests.</param>
/// <param name="Source">Its bytes. Not for guests.</param>
/// <param name="Poster">A still of it; absent until there is one. Not for guests.</param>
/// <param name="SourceUrl">Its bytes, without a token: anyone with this address can read them. For guests only where their share allows to play.</param>
/// <param name="PosterUrl">A still of it, in the same way; absent until there is one.</param>
/// <param name="UrlsExpireAt">When these two end. The same event read again, or the record, brings new ones.</param>
internal sealed record EventLinksShape(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Self,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Source,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Poster,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? SourceUrl,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? PosterUrl,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTimeOffset? UrlsExpireAt);
