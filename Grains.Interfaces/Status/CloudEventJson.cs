using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Ingestion.Videos;

namespace Ingestion.Status;

/// <summary>
/// An event as clients see it on every transport: a CloudEvent 1.0 as JSON. Here because it is a contract: the edge (sockets, SSE, poll), Backends
/// (webhooks) and the grains (the size of a replay) must write the same bytes, and none of them may reference another.
/// </summary>
public static class CloudEventJson
{
    /// <summary>How all of it is written: no HTML ever holds it, so that what people read stays readable.</summary>
    public static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>The whole of a journalled event.</summary>
    public static byte[] Of(StatusEvent journalled)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, Options))
            Write(json, journalled, journalled.JournalPriority);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Writes the event as one value.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="e">The event.</param>
    /// <param name="priority">Its lane.</param>
    /// <param name="extensions">Writes extension attributes, which stand before the data.</param>
    public static void Write(Utf8JsonWriter json, StatusEvent e, StatusPriority priority, Action<Utf8JsonWriter>? extensions = null)
    {
        json.WriteStartObject();
        json.WriteString("specversion", "1.0");
        json.WriteString("id", e.Id);
        json.WriteString("source", e.Webhook is { } of ? $"/api/webhooks/{of.WebhookId}" : $"/api/videos/{e.VideoId}");
        json.WriteString("type", e.TypeOf(priority));
        json.WriteString("subject", e.Webhook?.WebhookId ?? e.VideoId);
        json.WriteString("time", e.At);
        json.WriteString("datacontenttype", "application/json");
        extensions?.Invoke(json);
        json.WriteStartObject("data");
        if (e.Webhook is { } notice)
            WriteNotice(json, notice);
        else
            WriteVideo(json, e);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteVideo(Utf8JsonWriter json, StatusEvent e)
    {
        json.WriteString("video_id", e.VideoId);
        WriteState(json, e);
    }

    private static void WriteNotice(Utf8JsonWriter json, WebhookNotice notice)
    {
        json.WriteString("webhook_id", notice.WebhookId);
        if (notice.Reason is { } reason)
            json.WriteString("reason", reason);
        if (notice.FailingSince is { } since)
            json.WriteString("failing_since", since);
        if (notice.DeadLetters is { } dead)
            json.WriteNumber("dead_letters", dead);
    }

    /// <summary>Writes what the video's state is after the event, into the object that is open.</summary>
    public static void WriteState(Utf8JsonWriter json, StatusEvent e)
    {
        json.WriteString("state", e.Status.WireName);
        if (e.Percent is { } percent)
            json.WriteNumber("pct", percent);
        if (e.ReceivedBytes is { } bytes)
            json.WriteNumber("received_bytes", bytes);
        if (e.Error is not { } error)
            return;
        json.WriteStartObject("error");
        json.WriteString("code", error.Code);
        json.WriteString("message", error.Message);
        json.WriteEndObject();
    }
}
