using System.Buffers;
using System.Buffers.Binary;

namespace Ingestion.Api.Status.Framing;

/// <summary>The head of one frame.</summary>
/// <param name="IsFinal">Whether it ends its message.</param>
/// <param name="Opcode">Its kind.</param>
/// <param name="Mask">What its payload is XORed with, in the order of the bytes.</param>
/// <param name="Length">Bytes of payload.</param>
/// <param name="IsDeflated">Whether it begins a message that is compressed.</param>
internal readonly record struct FrameHeader(bool IsFinal, Opcode Opcode, uint Mask, long Length, bool IsDeflated)
{
    /// <summary>Bytes that the longest head of ours takes: nothing is masked.</summary>
    public const int LongestWritten = 10;

    private const int LongestControl = 125;
    private const byte Final = 0x80;
    private const byte Deflated = 0x40;
    private const byte Reserved = 0x30;
    private const byte Masked = 0x80;
    private const byte Length16 = 126;
    private const byte Length64 = 127;

    public bool IsControl => Opcode >= Opcode.Close;

    private bool IsWellFormed => Length >= 0 && Enum.IsDefined(Opcode) && (!IsControl || (IsFinal && Length <= LongestControl)) &&
        (!IsDeflated || Opcode is Opcode.Text or Opcode.Binary);

    /// <summary>Reads a client's head and steps behind it. Null and not <paramref name="broken"/>: more bytes are needed.</summary>
    public static FrameHeader? Read(ref SequenceReader<byte> reader, out bool broken)
    {
        broken = false;
        var start = reader;
        if (!reader.TryRead(out var first) || !reader.TryRead(out var second))
            return Wait(ref reader, start);
        // Nothing that can be negotiated uses the other reserved bits, and a client masks all it sends.
        broken = (first & Reserved) != 0 || (second & Masked) == 0;
        if (broken)
            return null;
        long length = second & ~Masked;
        if (length == Length16)
        {
            if (!reader.TryReadBigEndian(out short length16))
                return Wait(ref reader, start);
            length = (ushort)length16;
        }
        else if (length == Length64 && !reader.TryReadBigEndian(out length))
        {
            return Wait(ref reader, start);
        }

        // Read as the machine would read the payload, so that both can be XORed as they lie.
        Span<byte> mask = stackalloc byte[sizeof(uint)];
        if (!reader.TryCopyTo(mask))
            return Wait(ref reader, start);
        reader.Advance(sizeof(uint));
        var header = new FrameHeader((first & Final) != 0, (Opcode)(first & 0x0F), BitConverter.ToUInt32(mask), length, (first & Deflated) != 0);
        broken = !header.IsWellFormed;
        return header;
    }

    /// <summary>Writes the head of an unmasked frame; its bytes.</summary>
    public static int Write(Span<byte> destination, Opcode opcode, long length, bool deflated)
    {
        destination[0] = (byte)(Final | (deflated ? Deflated : 0) | (byte)opcode);
        if (length <= LongestControl)
        {
            destination[1] = (byte)length;
            return 2;
        }

        if (length <= ushort.MaxValue)
        {
            destination[1] = Length16;
            BinaryPrimitives.WriteUInt16BigEndian(destination[2..], (ushort)length);
            return 4;
        }

        destination[1] = Length64;
        BinaryPrimitives.WriteInt64BigEndian(destination[2..], length);
        return LongestWritten;
    }

    private static FrameHeader? Wait(ref SequenceReader<byte> reader, SequenceReader<byte> start)
    {
        reader = start;
        return null;
    }
}
