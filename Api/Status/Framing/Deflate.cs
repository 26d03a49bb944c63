using System.Buffers;
using System.IO.Compression;

namespace Ingestion.Api.Status.Framing;

/// <summary>
/// permessage-deflate (RFC 7692) without context takeover: every message stands alone, so a socket holds nothing between two of them, and one
/// that goes to many is compressed once.
/// </summary>
internal static class Deflate
{
    // What ends each message is not sent (section 7.2.1).
    private static ReadOnlySpan<byte> Tail => [0x00, 0x00, 0xFF, 0xFF];

    public static byte[] Compress(ReadOnlySpan<byte> message)
    {
        using var compressed = new MemoryStream(message.Length / 2);
        using var deflate = new DeflateStream(compressed, CompressionLevel.Fastest);
        deflate.Write(message);
        // Ends in the tail; of nothing it writes nothing, which is a block that holds nothing (section 7.2.3.6).
        deflate.Flush();
        return compressed.Length == 0 ? [0x00] : compressed.GetBuffer().AsSpan(0, (int)compressed.Length - Tail.Length).ToArray();
    }

    /// <summary>
    /// What <paramref name="message"/> holds, in a rented array, and its length: −1 when that is more than <paramref name="longest"/> bytes,
    /// null when it is no such message. Never more than that is inflated, however well the rest was compressed.
    /// </summary>
    public static int? Inflate(ReadOnlySpan<byte> message, int longest, out byte[] inflated)
    {
        inflated = ArrayPool<byte>.Shared.Rent(longest + 1);
        var ended = ArrayPool<byte>.Shared.Rent(message.Length + Tail.Length);
        try
        {
            message.CopyTo(ended);
            Tail.CopyTo(ended.AsSpan(message.Length));
            using var deflate = new DeflateStream(new MemoryStream(ended, 0, message.Length + Tail.Length), CompressionMode.Decompress);
            var length = deflate.ReadAtLeast(inflated.AsSpan(0, longest + 1), longest + 1, throwOnEndOfStream: false);
            return length > longest ? -1 : length;
        }
        catch (InvalidDataException)
        {
            return null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(ended);
        }
    }
}
