using System.Buffers;
using System.Text.Json;
using Ingestion.Api.Status.Broadcasts;
using Ingestion.Api.Status.Channels;
using Ingestion.Api.Status.Framing;
using Ingestion.Api.Status.Sockets;
using Ingestion.Status;
using Ingestion.Videos;

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

    public override byte[] Subscribed(Announcement announcement, SubscriptionMode mode, Cursor? at, Cursor end) => Write("subd", json =>
    {
        WriteId(json, announcement.Id);
        json.WriteString("mode", ModeName(mode));
        WriteCursor(json, at);
        json.WriteString("end", end.ToString());
        if (announcement.PingMilliseconds is { } ping)
            json.WriteNumber("ping", ping);
        WriteBroadcasts(json, announcement.Broadcasts);
    });

    protected override byte[] SnapshotPart(Cursor cursor, IEnumerable<JournalEntry> latest, bool isLast) => Write("snap", json =>
    {
        json.WriteString("cur", cursor.ToString());
        json.WriteStartArray("data");
        foreach (var entry in latest)
        {
            json.WriteStartObject();
            WriteEvent(json, entry.Event, entry.Event.JournalPriority);
            // Clients of before 0.4 know only this.
            json.WriteString("state", entry.Event.Status.WireName);
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
        WriteBroadcasts(json, broadcast.Number > 0 ? broadcast.Number : null);
        json.WriteString("ch", channel);
        json.WriteString("id", broadcast.Id);
        json.WriteNumber("pri", (int)StatusPriority.Critical);
        json.WriteNumber("ts", broadcast.At.ToUnixTimeMilliseconds());
        json.WritePropertyName("data");
        BroadcastEventJson.Write(json, new KeptBroadcast(channel, broadcast));
    });

    public override byte[] Unsubscribed(long? id) => Write("unsubd", json => WriteId(json, id));

    public override byte[] Authorised(long expires) => Write("authd", json => json.WriteNumber("exp", expires));

    public override byte[] Ping(long timestampMs, Cursor? place = null) => Write("ping", json =>
    {
        json.WriteNumber("ts", timestampMs);
        WriteCursor(json, place);
    });

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

    private static void WriteCursor(Utf8JsonWriter json, Cursor? cursor)
    {
        if (cursor is { } place)
            json.WriteString("cur", place.ToString());
    }

    private static void WriteBroadcasts(Utf8JsonWriter json, long? number)
    {
        if (number is { } newest)
            json.WriteNumber("bc", newest);
    }

    /// <summary><c>data</c> is the CloudEvent.</summary>
    private void WriteEvent(Utf8JsonWriter json, StatusEvent e, StatusPriority priority)
    {
        json.WriteString("ch", e.Webhook is null ? ChannelName.OfVideo(e.VideoId) : ChannelName.User);
        json.WriteString("id", e.Id);
        json.WriteNumber("pri", (int)priority);
        json.WriteNumber("ts", e.At.ToUnixTimeMilliseconds());
        json.WritePropertyName("data");
        CloudEventJson.Write(json, e, priority, Audience, media: Media);
    }
}
