using System.Text.Json;
using System.Text.Json.Serialization;
using Ingestion.Api.OpenApi;
using Ingestion.Api.Problems;

namespace Ingestion.Api.Webhooks;

/// <summary>How the events of a webhook are read, for the API document.</summary>
internal static class WebhookPullDescription
{
    public static T DescribePull<T>(this T endpoint, string name)
        where T : IEndpointConventionBuilder => endpoint
        .Operation(name, "Reads the oldest events that wait for a webhook with pull, and acknowledges those before a cursor.")
        .WithParameters(
            Parameter.Query("after", "The cursor of an earlier answer: all events up to it are acknowledged. Without it, from the first that is not."),
            Parameter.Number("limit", "How many at most.", 1, WebhookPulling.MostEvents, WebhookPulling.UsualEvents),
            Parameter.Number("wait", "Seconds to wait at most for an event where there is none.", 0, WebhookPulling.LongestWait, 0))
        .AnswersJson(StatusCodes.Status200OK, typeof(PulledEventsJson))
        .Refuses(
            Problem.CursorInvalid, Problem.LimitInvalid, Problem.WaitInvalid, Problem.NotFound, Problem.WebhookDisabled, Problem.WebhookNotPulled,
            Problem.TooManyPolls, Problem.PullUnavailable);
}

/// <summary>The shape of <see cref="PulledResult"/>.</summary>
/// <param name="Events">CloudEvents, oldest first: each the body that a webhook with a url would be sent.</param>
/// <param name="Cursor">To be given as <c>after</c> once the events are stored or done.</param>
/// <param name="More">Whether more wait behind them.</param>
internal sealed record PulledEventsJson(IReadOnlyList<WebhookEventShape> Events, string Cursor, bool More);

/// <summary>An event of the journal, or of what was lost.</summary>
/// <param name="Specversion">1.0.</param>
/// <param name="Id">The event's id, the same on every transport and in every answer.</param>
/// <param name="Source">The path of the video, or of the webhook.</param>
/// <param name="Type">What happened: as in the history, or journal.gap.</param>
/// <param name="Subject">The id of the video, or of the webhook; a gap has none.</param>
/// <param name="Time">When it happened.</param>
/// <param name="Datacontenttype">application/json.</param>
/// <param name="Data">The video after it, as in the history; of a gap <c>from</c>, <c>to</c> and <c>count</c>.</param>
/// <param name="Sequence">Its place among the events of this webhook, 19 digits.</param>
/// <param name="Cursor">Its place in the journal of its owner; of a gap, that of the last lost event, where it is of one journal.</param>
/// <param name="Owner">Whose event it is, where the webhook is for many users.</param>
/// <param name="Traceparent">The span that published it.</param>
internal sealed record WebhookEventShape(
    string Specversion,
    string Id,
    string Source,
    string Type,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Subject,
    DateTimeOffset Time,
    string Datacontenttype,
    JsonElement Data,
    string Sequence,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Cursor,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Owner,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Traceparent);
