using System.Text.Json;
using Ingestion.Api.Status.Broadcasts;
using Ingestion.Status;
using Ingestion.Videos;

namespace Ingestion.Api.Status.Events;

/// <summary>A journal's answer to one poll: <c>{mode, cursor, events: [CloudEvent], bye?}</c>. Broadcasts come last.</summary>
internal sealed class PollResult(Subscription answer, JournalListener listener, long? heard, IReadOnlyList<KeptBroadcast> broadcasts, StreamEnd? why) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(httpContext.Response.BodyWriter, CloudEventJson.Options);
        json.WriteStartObject();
        json.WriteString("mode", answer.Mode switch { SubscriptionMode.Replay => "replay", SubscriptionMode.Snapshot => "snapshot", _ => "reset" });
        json.WriteString("cursor", new EventPlace(answer.Cursor, broadcasts is [.., { } newest] ? newest.Broadcast.Number : heard).ToString());
        json.WriteStartArray("events");
        EventPlace? place = answer.Mode is SubscriptionMode.Replay ? new EventPlace(answer.Cursor, heard) : null;
        foreach (var entry in answer.Entries.Where(entry => listener.Wants(entry.Event)))
            EntryJson.Write(json, entry, listener.Audience, listener.Media, place);
        foreach (var kept in broadcasts)
            BroadcastEventJson.Write(json, kept, new EventPlace(answer.Cursor, kept.Broadcast.Number).ToString());
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
    /// a <paramref name="place"/> in its journal, in a snapshot, there is none: only the whole of that is a place.
    /// </summary>
    public static void Write(Utf8JsonWriter json, JournalEntry entry, EventAudience audience, IMediaAddresses? media, EventPlace? place) =>
        CloudEventJson.Write(json, entry.Event, entry.Event.JournalPriority, audience, WriterOf(place, entry.Offset), media: media);

    private static Action<Utf8JsonWriter>? WriterOf(EventPlace? place, long offset) => place is { } at
        ? json => json.WriteString("cursor", (at with { Cursor = at.Cursor with { Offset = offset } }).ToString())
        : null;
}
