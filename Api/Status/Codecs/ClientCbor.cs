using System.Formats.Cbor;

namespace Ingestion.Api.Status.Codecs;

/// <summary>Reads a client's frame that is one CBOR map with the names of the JSON. What an op does not use is skipped, whatever it is.</summary>
internal static class ClientCbor
{
    /// <summary>Null when the bytes are not one data item of CBOR.</summary>
    public static ClientFrame? Read(ReadOnlyMemory<byte> payload) => TryRead(payload) ?? ReadOdd(payload);

    private static ClientFrame? TryRead(ReadOnlyMemory<byte> payload)
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

    /// <summary>Well-formed, whatever it means; with the id that the error is to have if there is one.</summary>
    private static ClientFrame? ReadOdd(ReadOnlyMemory<byte> payload)
    {
        try
        {
            var cbor = new CborReader(payload, CborConformanceMode.Lax);
            cbor.SkipValue();
            return cbor.BytesRemaining == 0 ? ClientFrame.Odd(IdOf(payload)) : null;
        }
        catch (Exception e) when (e is CborContentException or InvalidOperationException)
        {
            return null;
        }
    }

    private static long? IdOf(ReadOnlyMemory<byte> payload)
    {
        try
        {
            var cbor = new CborReader(payload, CborConformanceMode.Lax);
            cbor.ReadStartMap();
            while (cbor.PeekState() is not CborReaderState.EndMap)
            {
                if (cbor.ReadTextString() == "id")
                    return cbor.ReadInt64();
                cbor.SkipValue();
            }
        }
        catch (Exception e) when (e is CborContentException or InvalidOperationException or OverflowException)
        {
            // No map, or an id of another kind.
        }

        return null;
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
            case "bc":
                return frame with { Bc = cbor.ReadInt64() };
            case "heartbeat":
                return frame with { Heartbeat = cbor.ReadInt64() };
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
