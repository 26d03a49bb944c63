using System.Buffers;
using System.Text.Json;
using Ingestion.Api.Status.Framing;
using Ingestion.Status;

namespace Ingestion.Api.Status;

/// <summary>Writes the server's frames of the subprotocol <c>ingestion.v1</c>, ready to be sent: one JSON object each.</summary>
internal static class Frames
{
    public static byte[] Hello(string socketId, int pingMilliseconds, long expires) => Write("hello", json =>
    {
        json.WriteString("sid", socketId);
        json.WriteNumber("ping", pingMilliseconds);
        json.WriteNumber("window", 120);
        json.WriteNumber("exp", expires);
        json.WriteNumber("max", SocketLimits.LargestFrame);
    });

    public static byte[] Subscribed(long? id, SubscriptionMode mode, Cursor cursor) => Write("subd", json =>
    {
        WriteId(json, id);
        json.WriteString("mode", mode switch { SubscriptionMode.Replay => "replay", SubscriptionMode.Snapshot => "snapshot", _ => "reset" });
        json.WriteString("cur", cursor.ToString());
    });

    public static byte[] Snapshot(Cursor cursor, IEnumerable<JournalEntry> latest) => Write("snap", json =>
    {
        json.WriteString("cur", cursor.ToString());
        json.WriteStartArray("data");
        foreach (var entry in latest)
        {
            json.WriteStartObject();
            json.WriteString("ch", Channels.OfVideo(entry.Event.VideoId));
            json.WriteString("id", entry.Event.Id);
            CloudEventJson.WriteState(json, entry.Event);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteBoolean("fin", true);
    });

    /// <summary>A journalled event that follows the one at <paramref name="previous"/> and stands for <paramref name="merged"/> of them.</summary>
    public static byte[] Event(Cursor cursor, Cursor previous, int merged, StatusEvent e) => Write("evt", json =>
    {
        json.WriteString("cur", cursor.ToString());
        json.WriteString("prev", previous.ToString());
        json.WriteNumber("n", merged);
        WriteEvent(json, e, e.JournalPriority);
    });

    /// <summary>Progress: without cursor, as it stands in no journal.</summary>
    public static byte[] Progress(StatusEvent e) => Write("evt", json => WriteEvent(json, e, StatusPriority.Progress));

    /// <summary>What an operator tells everyone in <paramref name="channel"/>; it stands in no journal.</summary>
    public static byte[] Broadcast(string channel, Broadcast broadcast) => Write("evt", json =>
    {
        json.WriteString("ch", channel);
        json.WriteString("id", broadcast.Id);
        json.WriteNumber("pri", (int)StatusPriority.Critical);
        json.WriteNumber("ts", broadcast.At.ToUnixTimeMilliseconds());
        json.WriteStartObject("data");
        json.WriteString("specversion", "1.0");
        json.WriteString("id", broadcast.Id);
        json.WriteString("source", "/api/admin/broadcast");
        json.WriteString("type", "system.broadcast");
        json.WriteString("time", broadcast.At);
        json.WriteString("datacontenttype", "application/json");
        json.WritePropertyName("data");
        json.WriteRawValue(broadcast.Json.Span, skipInputValidation: true);
        json.WriteEndObject();
    });

    public static byte[] Unsubscribed(long? id) => Write("unsubd", json => WriteId(json, id));

    public static byte[] Authorised(long expires) => Write("authd", json => json.WriteNumber("exp", expires));

    public static byte[] Ping(long timestampMs) => Write("ping", json => json.WriteNumber("ts", timestampMs));

    public static byte[] Pong(long? timestampMs) => Write("pong", json =>
    {
        if (timestampMs is { } ts)
            json.WriteNumber("ts", ts);
    });

    public static byte[] Error(long? id, string code, bool retry) => Write("err", json =>
    {
        WriteId(json, id);
        json.WriteString("code", code);
        json.WriteBoolean("retry", retry);
    });

    public static byte[] Bye(CloseCode code, int? retryMilliseconds) => Write("bye", json =>
    {
        json.WriteNumber("code", (int)code);
        if (retryMilliseconds is { } retry)
            json.WriteNumber("retry_ms", retry);
    });

    private static byte[] Write(string op, Action<Utf8JsonWriter> content)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, CloudEventJson.Options))
        {
            json.WriteStartObject();
            json.WriteString("op", op);
            content(json);
            json.WriteEndObject();
        }

        return ServerFrame.Text(buffer.WrittenSpan);
    }

    private static void WriteId(Utf8JsonWriter json, long? id)
    {
        if (id is { } value)
            json.WriteNumber("id", value);
    }

    /// <summary><c>data</c> is the CloudEvent.</summary>
    private static void WriteEvent(Utf8JsonWriter json, StatusEvent e, StatusPriority priority)
    {
        json.WriteString("ch", Channels.OfVideo(e.VideoId));
        json.WriteString("id", e.Id);
        json.WriteNumber("pri", (int)priority);
        json.WriteNumber("ts", e.At.ToUnixTimeMilliseconds());
        json.WritePropertyName("data");
        CloudEventJson.Write(json, e, priority);
    }
}
