using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Ingestion.Status;
using Ingestion.Videos;

namespace Ingestion.Webhooks;

/// <summary>
/// The body of a delivery: the CloudEvent of every other transport, with the extension attributes <c>sequence</c> (counts the events of this webhook;
/// of fixed width, so that texts compare like the numbers) and <c>cursor</c> (the place in the owner's journal), and <c>owner</c> where the webhook is
/// for many users.
/// </summary>
public static class DeliveryJson
{
    /// <summary>The type of the event that names what a webhook has missed.</summary>
    public const string GapType = "journal.gap";

    /// <summary>The type of the event that its owner sends to try a webhook.</summary>
    public const string TestType = "webhook.test";

    /// <summary>An event of a journal. Links begin with <paramref name="linkRoot"/>; <paramref name="media"/> signs those that need no token.</summary>
    public static byte[] Of(
        StatusEvent journalled, long sequence, Cursor cursor, string? owner, string linkRoot = "", IMediaAddresses? media = null) => Write(json =>
        CloudEventJson.Write(
            json, journalled, journalled.JournalPriority, EventAudience.Owner, extended => WriteExtensions(extended, sequence, cursor.ToString(), owner),
            linkRoot, media));

    /// <summary>That events are missing. <c>from</c> and <c>to</c> are null where they are of more than one journal.</summary>
    public static byte[] OfGap(string id, string source, DateTimeOffset at, long sequence, string? owner, Cursor? from, Cursor? to, long count) => Write(json =>
    {
        WriteStart(json, id, source, GapType, at);
        WriteExtensions(json, sequence, to?.ToString(), owner);
        json.WriteStartObject("data");
        json.WriteString("from", from?.ToString());
        json.WriteString("to", to?.ToString());
        json.WriteNumber("count", count);
        json.WriteEndObject();
        json.WriteEndObject();
    });

    /// <summary>A test.</summary>
    public static byte[] OfTest(string id, string source, DateTimeOffset at, string webhookId) => Write(json =>
    {
        WriteStart(json, id, source, TestType, at);
        json.WriteStartObject("data");
        json.WriteString("webhook_id", webhookId);
        json.WriteEndObject();
        json.WriteEndObject();
    });

    private static void WriteStart(Utf8JsonWriter json, string id, string source, string type, DateTimeOffset at)
    {
        json.WriteStartObject();
        json.WriteString("specversion", "1.0");
        json.WriteString("id", id);
        json.WriteString("source", source);
        json.WriteString("type", type);
        json.WriteTime("time", at);
        json.WriteString("datacontenttype", "application/json");
    }

    private static void WriteExtensions(Utf8JsonWriter json, long sequence, string? cursor, string? owner)
    {
        json.WriteString("sequence", sequence.ToString("D19", CultureInfo.InvariantCulture));
        if (cursor is not null)
            json.WriteString("cursor", cursor);
        if (owner is not null)
            json.WriteString("owner", owner);
    }

    private static byte[] Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, CloudEventJson.Options))
            write(json);
        return buffer.WrittenSpan.ToArray();
    }
}
