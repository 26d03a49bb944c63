using System.Buffers;
using System.Text.Json;
using Ingestion.Api.Status.Sockets;
using Ingestion.Status;

namespace Ingestion.Api.Status.Events;

/// <summary>Why a stream or a poll ends before its time, in the terms of a socket.</summary>
/// <param name="Code">As a socket's close code.</param>
/// <param name="RetryMilliseconds">When to come back: another time for each client; null: the client's own back-off, or not unchanged.</param>
internal readonly record struct StreamEnd(CloseCode Code, int? RetryMilliseconds = null)
{
    /// <summary><c>{code, retry_ms?}</c>.</summary>
    public byte[] ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>(64);
        using (var json = new Utf8JsonWriter(buffer, CloudEventJson.Options))
            Write(json);
        return buffer.WrittenSpan.ToArray();
    }

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteNumber("code", (int)Code);
        if (RetryMilliseconds is { } retry)
            json.WriteNumber("retry_ms", retry);
        json.WriteEndObject();
    }
}
