using System.Buffers.Binary;
using System.Globalization;

namespace Ingestion.Tests.Support.WebSockets;

/// <summary>Kinds of frames (RFC 6455, section 5.2).</summary>
public static class WireOpcode
{
    public const int Continuation = 0;
    public const int Text = 1;
    public const int Binary = 2;
    public const int Close = 8;
    public const int Ping = 9;
    public const int Pong = 10;
}

/// <summary>A frame as it came from the server.</summary>
/// <param name="Opcode">One of <see cref="WireOpcode"/>.</param>
/// <param name="Payload">As sent: compressed where <paramref name="IsDeflated"/>.</param>
/// <param name="IsFinal">Whether it ends its message.</param>
/// <param name="IsDeflated">The first reserved bit.</param>
public sealed record WireFrame(int Opcode, byte[] Payload, bool IsFinal, bool IsDeflated)
{
    private static readonly byte[] _mask = [0x37, 0xFA, 0x21, 0x3D];

    /// <summary>Whether it is a control frame.</summary>
    public bool IsControl => Opcode >= WireOpcode.Close;

    /// <summary>A control frame as text: <c>pong:6869</c>, <c>close:1000</c>.</summary>
    public string Control => Opcode switch
    {
        WireOpcode.Ping => $"ping:{Convert.ToHexStringLower(Payload)}",
        WireOpcode.Pong => $"pong:{Convert.ToHexStringLower(Payload)}",
        WireOpcode.Close when Payload.Length >= 2 => string.Create(CultureInfo.InvariantCulture, $"close:{BinaryPrimitives.ReadUInt16BigEndian(Payload)}"),
        WireOpcode.Close => "close",
        _ => throw new InvalidOperationException("Not a control frame."),
    };

    /// <summary>A client's frame: masked, unless the case is that it is not.</summary>
    /// <param name="opcode">The four bits.</param>
    /// <param name="payload">Unmasked.</param>
    /// <param name="final">The first bit.</param>
    /// <param name="reserved">The three bits behind it: 4 is RSV1.</param>
    /// <param name="masked">Whether it is masked, as all frames of clients must be.</param>
    /// <param name="lengthBytes">Of the length field: 0, 2 or 8; −1: as few as it takes.</param>
    public static byte[] Of(int opcode, ReadOnlySpan<byte> payload, bool final = true, int reserved = 0, bool masked = true, int lengthBytes = -1)
    {
        if (lengthBytes < 0)
            lengthBytes = payload.Length < 126 ? 0 : payload.Length <= ushort.MaxValue ? 2 : 8;
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(length, (ulong)payload.Length);
        var shortLength = lengthBytes switch { 0 => payload.Length, 2 => 126, _ => 127 };
        byte[] frame = [(byte)((final ? 0x80 : 0) | (reserved << 4) | opcode), (byte)((masked ? 0x80 : 0) | shortLength), .. length[^lengthBytes..],
            .. masked ? _mask : [], .. payload];
        if (masked)
        {
            for (var i = 0; i < payload.Length; i++)
                frame[frame.Length - payload.Length + i] ^= _mask[i % _mask.Length];
        }

        return frame;
    }

    /// <summary>A close with a code and, perhaps, a reason.</summary>
    public static byte[] Close(int code, params ReadOnlySpan<byte> reason)
    {
        Span<byte> payload = stackalloc byte[2 + reason.Length];
        BinaryPrimitives.WriteUInt16BigEndian(payload, (ushort)code);
        reason.CopyTo(payload[2..]);
        return Of(WireOpcode.Close, payload);
    }
}
