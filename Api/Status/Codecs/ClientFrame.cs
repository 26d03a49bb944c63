using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ingestion.Api.Status.Codecs;

/// <summary>
/// What a client may send; fields that an op does not use are ignored. <see cref="Op"/> is null where the frame is JSON (or CBOR) of another shape: it gets an
/// error, and its socket stays, so that one odd value does not lock a client out.
/// </summary>
internal sealed record ClientFrame(
    string? Op, long? Id, IReadOnlyList<string>? Ch, string? Since, string? Cur, long? Ts, string? Token, long? Heartbeat = null, long? Bc = null)
{
    // A message is as deep as it is long at most, and the reader does not recurse.
    private static readonly JsonReaderOptions _anyDepth = new() { MaxDepth = int.MaxValue };

    /// <summary>Null when the bytes are no JSON.</summary>
    public static ClientFrame? Read(ReadOnlySpan<byte> utf8)
    {
        try
        {
            // The serializer lets null pass for a text inside a list.
            if (JsonSerializer.Deserialize(utf8, ClientFrameJson.Default.ClientFrame) is { } frame && frame.Ch?.Contains(null!) is not true)
                return frame;
        }
        catch (JsonException)
        {
            // Of another shape, or no JSON at all.
        }

        return ReadOdd(utf8);
    }

    /// <summary>A frame without op, with the id that the error is to have if there is one.</summary>
    public static ClientFrame Odd(long? id) => new(null, id, null, null, null, null, null);

    private static ClientFrame? ReadOdd(ReadOnlySpan<byte> utf8)
    {
        try
        {
            var json = new Utf8JsonReader(utf8, _anyDepth);
            long? id = null;
            while (json.Read())
            {
                if (json is not { TokenType: JsonTokenType.PropertyName, CurrentDepth: 1 } || !json.ValueTextEquals("id"u8))
                    continue;
                json.Read();
                id = json.TokenType is JsonTokenType.Number && json.TryGetInt64(out var number) ? number : null;
            }

            return Odd(id);
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
