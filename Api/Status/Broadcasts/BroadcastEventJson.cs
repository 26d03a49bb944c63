using System.Buffers;
using System.Text.Json;
using Ingestion.Status;

namespace Ingestion.Api.Status.Broadcasts;

/// <summary>A broadcast as clients see it on every transport: a CloudEvent.</summary>
internal static class BroadcastEventJson
{
    public const string Type = "system.broadcast";

    /// <summary>Writes it as one value; <paramref name="cursor"/>: its place, where nothing else gives that.</summary>
    public static void Write(Utf8JsonWriter json, KeptBroadcast kept, string? cursor = null)
    {
        var broadcast = kept.Broadcast;
        json.WriteStartObject();
        json.WriteString("specversion", "1.0");
        json.WriteString("id", broadcast.Id);
        json.WriteString("source", "/api/admin/broadcast");
        json.WriteString("type", Type);
        json.WriteTime("time", broadcast.At);
        json.WriteString("datacontenttype", "application/json");
        json.WriteString("channel", kept.Channel);
        if (cursor is not null)
            json.WriteString("cursor", cursor);
        json.WritePropertyName("data");
        json.WriteRawValue(broadcast.Json.Span, skipInputValidation: true);
        json.WriteEndObject();
    }

    public static byte[] Of(KeptBroadcast kept)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, CloudEventJson.Options))
            Write(json, kept);
        return buffer.WrittenSpan.ToArray();
    }
}
