using System.Numerics;
using System.Runtime.InteropServices;

namespace Ingestion.Api.Status.Framing;

/// <summary>Takes the mask off a client's payload.</summary>
internal static class Masking
{
    /// <summary>XORs <paramref name="bytes"/> in place; <paramref name="at"/> is where in the frame's payload they begin.</summary>
    public static void Remove(Span<byte> bytes, uint mask, long at)
    {
        // As the mask lies from this byte on.
        var shift = (int)(at % sizeof(uint)) * 8;
        var turned = BitConverter.IsLittleEndian ? BitOperations.RotateRight(mask, shift) : BitOperations.RotateLeft(mask, shift);
        var wide = turned | ((ulong)turned << 32);
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        for (var i = 0; i < words.Length; i++)
            words[i] ^= wide;
        Span<byte> rest = stackalloc byte[sizeof(ulong)];
        MemoryMarshal.Write(rest, wide);
        var done = words.Length * sizeof(ulong);
        for (var i = done; i < bytes.Length; i++)
            bytes[i] ^= rest[i - done];
    }
}
