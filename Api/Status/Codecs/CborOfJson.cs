using System.Formats.Cbor;
using System.Text.Json;

namespace Ingestion.Api.Status.Codecs;

/// <summary>Writes a JSON value as the CBOR value that means the same (RFC 8949, section 6.2).</summary>
internal static class CborOfJson
{
    public static void Write(CborWriter cbor, JsonElement json)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Object:
                cbor.WriteStartMap(definiteLength: null);
                foreach (var property in json.EnumerateObject())
                {
                    cbor.WriteTextString(property.Name);
                    Write(cbor, property.Value);
                }

                cbor.WriteEndMap();
                break;
            case JsonValueKind.Array:
                cbor.WriteStartArray(definiteLength: null);
                foreach (var item in json.EnumerateArray())
                    Write(cbor, item);
                cbor.WriteEndArray();
                break;
            case JsonValueKind.String:
                cbor.WriteTextString(json.GetString()!);
                break;
            case JsonValueKind.Number when json.TryGetInt64(out var whole):
                cbor.WriteInt64(whole);
                break;
            case JsonValueKind.Number:
                cbor.WriteDouble(json.GetDouble());
                break;
            case JsonValueKind.True or JsonValueKind.False:
                cbor.WriteBoolean(json.GetBoolean());
                break;
            default:
                cbor.WriteNull();
                break;
        }
    }
}
