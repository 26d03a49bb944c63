using System.Buffers;
using System.Formats.Cbor;
using System.Text.Json;
using Ingestion.Api.Status.Framing;
using Ingestion.Api.Status.Sockets;
using Ingestion.Status;
using Ingestion.Videos;

namespace Ingestion.Api.Status.Codecs;

/// <summary>
/// Subprotocol <c>ingestion.v1.cbor</c>: one CBOR map (RFC 8949) a binary message, with the names of the JSON. An event takes about a quarter of
/// its JSON: ids are 16 bytes instead of 32 digits, and what a CloudEvent has twice is sent once.
/// </summary>
internal sealed class CborCodec(bool deflates, EventAudience audience = EventAudience.Owner)
    : FrameCodec("ingestion.v1.cbor", Opcode.Binary, deflates, audience)
{
    public override byte[] Hello(string socketId, int pingMilliseconds, int window, long expires) => Write("hello", cbor =>
    {
        Text(cbor, "sid", socketId);
        Number(cbor, "ping", pingMilliseconds);
        Number(cbor, "window", window);
        Number(cbor, "exp", expires);
        Number(cbor, "max", SocketLimits.LargestFrame);
    });

    public override byte[] Subscribed(Announcement announcement, SubscriptionMode mode, Cursor? at, Cursor end) => Write("subd", cbor =>
    {
        Number(cbor, "id", announcement.Id);
        Text(cbor, "mode", ModeName(mode));
        Place(cbor, at);
        Text(cbor, "end", end.ToString());
        Number(cbor, "ping", announcement.PingMilliseconds);
        Number(cbor, "bc", announcement.Broadcasts);
    });

    protected override byte[] SnapshotPart(Cursor cursor, IEnumerable<JournalEntry> latest, bool isLast) => Write("snap", cbor =>
    {
        Text(cbor, "cur", cursor.ToString());
        cbor.WriteTextString("data");
        cbor.WriteStartArray(definiteLength: null);
        foreach (var (_, e) in latest)
        {
            cbor.WriteStartMap(definiteLength: null);
            Event(cbor, e, e.JournalPriority);
            cbor.WriteEndMap();
        }

        cbor.WriteEndArray();
        cbor.WriteTextString("fin");
        cbor.WriteBoolean(isLast);
    });

    public override byte[] Event(Cursor cursor, Cursor previous, int merged, StatusEvent e) => Write("evt", cbor =>
    {
        Text(cbor, "cur", cursor.ToString());
        Text(cbor, "prev", previous.ToString());
        Number(cbor, "n", merged);
        Event(cbor, e, e.JournalPriority);
    });

    public override byte[] Progress(StatusEvent e) => Write("evt", cbor => Event(cbor, e, StatusPriority.Progress));

    public override byte[] Broadcast(string channel, Broadcast broadcast) => Write("evt", cbor =>
    {
        Number(cbor, "bc", broadcast.Number > 0 ? broadcast.Number : null);
        Text(cbor, "ch", channel);
        Id(cbor, "id", broadcast.Id);
        Number(cbor, "pri", (int)StatusPriority.Critical);
        Number(cbor, "ts", broadcast.At.ToUnixTimeMilliseconds());
        Text(cbor, "type", "system.broadcast");
        cbor.WriteTextString("data");
        using var json = JsonDocument.Parse(broadcast.Json);
        CborOfJson.Write(cbor, json.RootElement);
    });

    public override byte[] Unsubscribed(long? id) => Write("unsubd", cbor => Number(cbor, "id", id));

    public override byte[] Authorised(long expires) => Write("authd", cbor => Number(cbor, "exp", expires));

    public override byte[] Ping(long timestampMs, Cursor? place = null) => Write("ping", cbor =>
    {
        Number(cbor, "ts", timestampMs);
        Place(cbor, place);
    });

    public override byte[] Pong(long? timestampMs) => Write("pong", cbor => Number(cbor, "ts", timestampMs));

    public override byte[] Error(long? id, string code, bool retry) => Write("err", cbor =>
    {
        Number(cbor, "id", id);
        Text(cbor, "code", code);
        cbor.WriteTextString("retry");
        cbor.WriteBoolean(retry);
    });

    public override byte[] Bye(CloseCode code, int? retryMilliseconds) => Write("bye", cbor =>
    {
        Number(cbor, "code", (int)code);
        Number(cbor, "retry_ms", retryMilliseconds);
    });

    public override ClientFrame? Read(ReadOnlyMemory<byte> payload) => ClientCbor.Read(payload);

    private byte[] Write(string op, Action<CborWriter> content)
    {
        var cbor = new CborWriter(CborConformanceMode.Lax, convertIndefiniteLengthEncodings: false, initialCapacity: 256);
        cbor.WriteStartMap(definiteLength: null);
        Text(cbor, "op", op);
        content(cbor);
        cbor.WriteEndMap();
        return Frame(cbor.Encode());
    }

    private void Event(CborWriter cbor, StatusEvent e, StatusPriority priority)
    {
        Id(cbor, e.Webhook is null ? "video" : "webhook", e.Webhook?.WebhookId ?? e.VideoId);
        Id(cbor, "id", e.Id);
        Number(cbor, "pri", (int)priority);
        Number(cbor, "ts", e.At.ToUnixTimeMilliseconds());
        Text(cbor, "type", e.TypeOf(priority));
        if (e.Webhook is { } notice)
        {
            Notice(cbor, notice);
            return;
        }

        State(cbor, e);
        Facts(cbor, e);
    }

    /// <summary>The members that the JSON has, by the same writer.</summary>
    private void Facts(CborWriter cbor, StatusEvent e)
    {
        if (e.Facts is null)
            return;
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, CloudEventJson.Options))
        {
            json.WriteStartObject();
            CloudEventJson.WriteFacts(json, e, Audience, media: Media);
            json.WriteEndObject();
        }

        using var facts = JsonDocument.Parse(buffer.WrittenMemory);
        foreach (var fact in facts.RootElement.EnumerateObject())
        {
            cbor.WriteTextString(fact.Name);
            CborOfJson.Write(cbor, fact.Value);
        }
    }

    private static void Notice(CborWriter cbor, WebhookNotice notice)
    {
        if (notice.Reason is { } reason)
            Text(cbor, "reason", reason);
        Number(cbor, "failing_since", notice.FailingSince?.ToUnixTimeMilliseconds());
        Number(cbor, "dead_letters", notice.DeadLetters);
    }

    private static void State(CborWriter cbor, StatusEvent e)
    {
        Text(cbor, "state", e.Status.WireName);
        Number(cbor, "pct", e.Percent);
        Number(cbor, "received_bytes", e.ReceivedBytes);
        if (e.Error is not { } error)
            return;
        cbor.WriteTextString("error");
        cbor.WriteStartMap(definiteLength: 2);
        Text(cbor, "code", error.Code);
        Text(cbor, "message", error.Message);
        cbor.WriteEndMap();
    }

    /// <summary>32 hexadecimal digits as their 16 bytes; another id as it is.</summary>
    private static void Id(CborWriter cbor, string name, string id)
    {
        cbor.WriteTextString(name);
        if (MediaId.IsValid(id))
            cbor.WriteByteString(Convert.FromHexString(id));
        else
            cbor.WriteTextString(id);
    }

    private static void Place(CborWriter cbor, Cursor? cursor)
    {
        if (cursor is { } place)
            Text(cbor, "cur", place.ToString());
    }

    private static void Text(CborWriter cbor, string name, string value)
    {
        cbor.WriteTextString(name);
        cbor.WriteTextString(value);
    }

    private static void Number(CborWriter cbor, string name, long? value)
    {
        if (value is not { } number)
            return;
        cbor.WriteTextString(name);
        cbor.WriteInt64(number);
    }
}
