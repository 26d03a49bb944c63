using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ingestion.Api.Status.Codecs;

/// <summary>What a client may send; fields that an op does not use are ignored.</summary>
internal sealed record ClientFrame(string? Op, long? Id, IReadOnlyList<string>? Ch, string? Since, string? Cur, long? Ts, string? Token)
{
    /// <summary>Null when the bytes are no such frame.</summary>
    public static ClientFrame? Read(ReadOnlySpan<byte> utf8)
    {
        try
        {
            var frame = JsonSerializer.Deserialize(utf8, ClientFrameJson.Default.ClientFrame);
            // The serializer lets null pass for a text inside a list.
            return frame?.Ch?.Contains(null!) is true ? null : frame;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, NumberHandling = JsonNumberHandling.Strict)]
[JsonSerializable(typeof(ClientFrame))]
internal sealed partial class ClientFrameJson : JsonSerializerContext;
