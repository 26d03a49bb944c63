using System.Buffers;
using System.Text.Json;
using Ingestion.Api.Status.Channels;
using Ingestion.Api.Status.Framing;
using Ingestion.Api.Status.Sockets;
using Ingestion.Status;

namespace Ingestion.Api.Status.Codecs;

/// <summary>Subprotocol <c>ingestion.v1</c>: one JSON object a text message; events are CloudEvents.</summary>
internal sealed class JsonCodec(bool deflates, EventAudience audience = EventAudience.Owner) : FrameCodec("ingestion.v1", Opcode.Text, deflates, audience)
{
    public override byte[] Hello(string socketId, int pingMilliseconds, int window, long expires) => Write("hello", json =>
    {
        json.WriteString("sid", socketId);
        json.WriteNumber("ping", pingMilliseconds);
        json.WriteNumber("window", window);
        json.WriteNumber("exp", expires);
        json.WriteNumber("max", SocketLimits.LargestFrame);
    });

    public override byte[] Subscribed(long? id, SubscriptionMode mode, Cursor cursor) => Write("subd", json =>
    {
        WriteId(json, id);
        json.WriteString("mode", ModeName(mode));
        json.WriteString("cur", cursor.ToString());
    });

    protected override byte[] SnapshotPart(Cursor cursor, IEnumerable<JournalEntry> latest, bool isLast) => Write("snap", json =>
    {
        json.WriteString("cur", cursor.ToString());
        json.WriteStartArray("data");
        foreach (var entry in latest)
        {
            json.WriteStartObject();
            json.WriteString("ch", ChannelName.OfVideo(entry.Event.VideoId));
            json.WriteString("id", entry.Event.Id);
            CloudEventJson.WriteState(json, entry.Event);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteBoolean("fin", isLast);
    });

    public override byte[] Event(Cursor cursor, Cursor previous, int merged, StatusEvent e) => Write("evt", json =>
    {
        json.WriteString("cur", cursor.ToString());
        json.WriteString("prev", previous.ToString());
        json.WriteNumber("n", merged);
        WriteEvent(json, e, e.JournalPriority);
    });

    public override byte[] Progress(StatusEvent e) => Write("evt", json => WriteEvent(json, e, StatusPriority.Progress));

    public override byte[] Broadcast(string channel, Broadcast broadcast) => Write("evt", json =>
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
        json.WriteTime("time", broadcast.At);
        json.WriteString("datacontenttype", "application/json");
        json.WritePropertyName("data");
        json.WriteRawValue(broadcast.Json.Span, skipInputValidation: true);
        json.WriteEndObject();
    });

    public override byte[] Unsubscribed(long? id) => Write("unsubd", json => WriteId(json, id));

    public override byte[] Authorised(long expires) => Write("authd", json => json.WriteNumber("exp", expires));

    public override byte[] Ping(long timestampMs) => Write("ping", json => json.WriteNumber("ts", timestampMs));

    public override byte[] Pong(long? timestampMs) => Write("pong", json =>
    {
        if (timestampMs is { } ts)
            json.WriteNumber("ts", ts);
    });

    public override byte[] Error(long? id, string code, bool retry) => Write("err", json =>
    {
        WriteId(json, id);
        json.WriteString("code", code);
        json.WriteBoolean("retry", retry);
    });

    public override byte[] Bye(CloseCode code, int? retryMilliseconds) => Write("bye", json =>
    {
        json.WriteNumber("code", (int)code);
        if (retryMilliseconds is { } retry)
            json.WriteNumber("retry_ms", retry);
    });

    public override ClientFrame? Read(ReadOnlyMemory<byte> payload) => ClientFrame.Read(payload.Span);

    private byte[] Write(string op, Action<Utf8JsonWriter> content)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, CloudEventJson.Options))
        {
            json.WriteStartObject();
            json.WriteString("op", op);
            content(json);
            json.WriteEndObject();
        }

        return Frame(buffer.WrittenSpan);
    }

    private static void WriteId(Utf8JsonWriter json, long? id)
    {
        if (id is { } value)
            json.WriteNumber("id", value);
    }

    /// <summary><c>data</c> is the CloudEvent.</summary>
    private void WriteEvent(Utf8JsonWriter json, StatusEvent e, StatusPriority priority)
    {
        json.WriteString("ch", e.Webhook is null ? ChannelName.OfVideo(e.VideoId) : ChannelName.User);
        json.WriteString("id", e.Id);
        json.WriteNumber("pri", (int)priority);
        json.WriteNumber("ts", e.At.ToUnixTimeMilliseconds());
        json.WritePropertyName("data");
        CloudEventJson.Write(json, e, priority, audience: Audience);
    }
}
