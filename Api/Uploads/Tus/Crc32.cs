using System.Buffers.Binary;

namespace Ingestion.Api.Uploads.Tus;

/// <summary>
/// CRC-32 as in IEEE 802.3, zip and PNG (polynomial 0x04C11DB7, reflected), eight bytes at a step: the framework's own is in a package that is
/// not worth a dependency.
/// </summary>
internal sealed class Crc32
{
    private const uint ReflectedPolynomial = 0xEDB88320;

    // Table k tells what a byte does to the sum k bytes later.
    private static readonly uint[][] _tables = MakeTables();

    private uint _state = uint.MaxValue;

    /// <summary>Of all bytes so far.</summary>
    public uint Value => ~_state;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        var (t0, t1, t2, t3, t4, t5, t6, t7) = (_tables[0], _tables[1], _tables[2], _tables[3], _tables[4], _tables[5], _tables[6], _tables[7]);
        var state = _state;
        while (bytes.Length >= 8)
        {
            var low = BinaryPrimitives.ReadUInt32LittleEndian(bytes) ^ state;
            var high = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
            state = t7[(byte)low] ^ t6[(byte)(low >> 8)] ^ t5[(byte)(low >> 16)] ^ t4[low >> 24]
                ^ t3[(byte)high] ^ t2[(byte)(high >> 8)] ^ t1[(byte)(high >> 16)] ^ t0[high >> 24];
            bytes = bytes[8..];
        }

        foreach (var b in bytes)
            state = t0[(byte)state ^ b] ^ (state >> 8);
        _state = state;
    }

    private static uint[][] MakeTables()
    {
        var tables = new uint[8][];
        for (var k = 0; k < tables.Length; k++)
        {
            tables[k] = new uint[256];
            for (var b = 0u; b < 256; b++)
                tables[k][b] = k == 0 ? OfByte(b) : (tables[k - 1][b] >> 8) ^ tables[0][(byte)tables[k - 1][b]];
        }

        return tables;
    }

    private static uint OfByte(uint value)
    {
        for (var bit = 0; bit < 8; bit++)
            value = (value & 1) == 0 ? value >> 1 : (value >> 1) ^ ReflectedPolynomial;
        return value;
    }
}
