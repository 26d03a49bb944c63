using System.Buffers.Binary;
using System.Text.Unicode;
using Ingestion.Api.Status.Sockets;

namespace Ingestion.Api.Status.Framing;

/// <summary>What a client's close frame contains (RFC 6455, sections 5.5.1 and 7.4), and with which code it is answered.</summary>
internal static class PeerClose
{
    private const int FirstOfLibraries = 3000;
    private const int Last = 4999;

    /// <summary>
    /// The client's own code comes back. 1000 where it has sent none; 1002 where its payload has one byte, or a code that must not be on the wire;
    /// 1007 where its reason is no UTF-8.
    /// </summary>
    public static CloseCode AnswerTo(ReadOnlySpan<byte> payload)
    {
        if (payload.IsEmpty)
            return CloseCode.Normal;
        if (payload.Length < sizeof(ushort) || BinaryPrimitives.ReadUInt16BigEndian(payload) is var code && !MaySend(code))
            return CloseCode.ProtocolError;
        return Utf8.IsValid(payload[sizeof(ushort)..]) ? (CloseCode)code : CloseCode.NotUtf8;
    }

    /// <summary>
    /// Those of the protocol's registry but 1004 (reserved) and 1005, 1006 and 1015, which report what no frame says; those of libraries and of
    /// applications.
    /// </summary>
    private static bool MaySend(int code) => code is (>= 1000 and <= 1003) or (>= 1007 and <= 1014) or (>= FirstOfLibraries and <= Last);
}
