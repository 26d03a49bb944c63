using System.Buffers.Binary;
using Ingestion.Api.Status.Sockets;

namespace Ingestion.Api.Status.Framing;

/// <summary>Whole frames of ours, head and payload, ready to be sent as they are to any number of sockets.</summary>
internal static class ServerFrame
{
    public static byte[] Of(Opcode opcode, ReadOnlySpan<byte> payload, bool deflated = false)
    {
        Span<byte> head = stackalloc byte[FrameHeader.LongestWritten];
        var length = FrameHeader.Write(head, opcode, payload.Length, deflated);
        var frame = new byte[length + payload.Length];
        head[..length].CopyTo(frame);
        payload.CopyTo(frame.AsSpan(length));
        return frame;
    }

    public static byte[] Pong(ReadOnlySpan<byte> payload) => Of(Opcode.Pong, payload);

    /// <summary>A close without a reason: the <c>bye</c> before it has the details.</summary>
    public static byte[] Close(CloseCode code)
    {
        Span<byte> payload = stackalloc byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16BigEndian(payload, (ushort)code);
        return Of(Opcode.Close, payload);
    }
}
