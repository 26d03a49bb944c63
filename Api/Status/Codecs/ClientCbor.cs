using System.Formats.Cbor;

namespace Ingestion.Api.Status.Codecs;

/// <summary>Reads a client's frame that is one CBOR map with the names of the JSON. What an op does not use is skipped, whatever it is.</summary>
internal static class ClientCbor
{
    /// <summary>Null when the bytes are no such frame.</summary>
    public static ClientFrame? Read(ReadOnlyMemory<byte> payload)
    {
        try
        {
            var cbor = new CborReader(payload, CborConformanceMode.Strict);
            cbor.ReadStartMap();
            var frame = new ClientFrame(null, null, null, null, null, null, null);
            while (cbor.PeekState() is not CborReaderState.EndMap)
                frame = Field(cbor, frame, cbor.ReadTextString());
            cbor.ReadEndMap();
            return cbor.BytesRemaining == 0 ? frame : null;
        }
        catch (Exception e) when (e is CborContentException or InvalidOperationException or OverflowException)
        {
            // Malformed, or of another type than the field is.
            return null;
        }
    }

    private static ClientFrame Field(CborReader cbor, ClientFrame frame, string name)
    {
        switch (name)
        {
            case "op":
                return frame with { Op = cbor.ReadTextString() };
            case "id":
                return frame with { Id = cbor.ReadInt64() };
            case "ch":
                return frame with { Ch = Texts(cbor) };
            case "since":
                return frame with { Since = cbor.ReadTextString() };
            case "cur":
                return frame with { Cur = cbor.ReadTextString() };
            case "ts":
                return frame with { Ts = cbor.ReadInt64() };
            case "token":
                return frame with { Token = cbor.ReadTextString() };
            default:
                cbor.SkipValue();
                return frame;
        }
    }

    private static List<string> Texts(CborReader cbor)
    {
        var texts = new List<string>();
        cbor.ReadStartArray();
        while (cbor.PeekState() is not CborReaderState.EndArray)
            texts.Add(cbor.ReadTextString());
        cbor.ReadEndArray();
        return texts;
    }
}
