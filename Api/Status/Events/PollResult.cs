using System.Text.Json;
using Ingestion.Status;

namespace Ingestion.Api.Status.Events;

/// <summary>A journal's answer to one poll: <c>{mode, cursor, events: [CloudEvent], bye?}</c>.</summary>
internal sealed class PollResult(Subscription answer, JournalListener listener, StreamEnd? why) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(httpContext.Response.BodyWriter, CloudEventJson.Options);
        json.WriteStartObject();
        json.WriteString("mode", answer.Mode switch { SubscriptionMode.Replay => "replay", SubscriptionMode.Snapshot => "snapshot", _ => "reset" });
        json.WriteString("cursor", answer.Cursor.ToString());
        json.WriteStartArray("events");
        foreach (var entry in answer.Entries.Where(entry => listener.Wants(entry.Event)))
            EntryJson.Write(json, entry, answer.Mode is SubscriptionMode.Replay ? answer.Cursor.Epoch : null);
        json.WriteEndArray();
        if (why is { } end)
        {
            json.WritePropertyName("bye");
            end.Write(json);
        }

        json.WriteEndObject();
    }
}

/// <summary>An entry of the journal in a list.</summary>
internal static class EntryJson
{
    /// <summary>
    /// The CloudEvent, with its cursor as extension attribute, so that a client that has dealt with a part of a list comes back for the rest. Without
    /// an <paramref name="epoch"/>, in a snapshot, there is none: only the whole of that is a place.
    /// </summary>
    public static void Write(Utf8JsonWriter json, JournalEntry entry, string? epoch) => CloudEventJson.Write(json, entry.Event, entry.Event.JournalPriority,
        epoch is null ? null : writer => writer.WriteString("cursor", new Cursor(epoch, entry.Offset).ToString()));
}
