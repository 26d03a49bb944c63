using System.Numerics;
using System.Runtime.InteropServices;

namespace Ingestion.Backends.Buffers;

/// <summary>CRC-32C, which processors compute in passing.</summary>
internal static class Crc32C
{
    /// <summary>Of no bytes yet.</summary>
    public const uint Start = uint.MaxValue;

    public static uint Of(ReadOnlySpan<byte> bytes) => End(Append(Start, bytes));

    public static uint Append(uint crc, ReadOnlySpan<byte> bytes)
    {
        foreach (var word in MemoryMarshal.Cast<byte, ulong>(bytes))
            crc = BitOperations.Crc32C(crc, word);
        foreach (var rest in bytes[(bytes.Length & ~7)..])
            crc = BitOperations.Crc32C(crc, rest);
        return crc;
    }

    public static uint End(uint crc) => ~crc;
}
