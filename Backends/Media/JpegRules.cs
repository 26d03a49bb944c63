using System.Buffers.Binary;

namespace Ingestion.Backends.Media;

/// <summary>
/// Whether bytes are a whole JPEG of a size that can be meant (ITU-T T.81, B.1). What a tool prints is served as image/jpeg, so it is looked at.
/// </summary>
internal static class JpegRules
{
    private const byte Marker = 0xFF;
    private const byte StartOfScan = 0xDA;

    /// <summary>Width and height from its frame header; null when it is no JPEG with start, frame, scan and end.</summary>
    public static (int Width, int Height)? SizeOf(ReadOnlySpan<byte> picture)
    {
        if (!picture.StartsWith((ReadOnlySpan<byte>)[Marker, 0xD8]) || !picture.EndsWith((ReadOnlySpan<byte>)[Marker, 0xD9]))
            return null;
        (int, int)? size = null;
        var at = 2;
        while (at + 4 <= picture.Length && picture[at] == Marker)
        {
            var (kind, length) = (picture[at + 1], BinaryPrimitives.ReadUInt16BigEndian(picture[(at + 2)..]));
            if (kind == StartOfScan)
                return size;
            if (IsFrame(kind) && at + 9 <= picture.Length)
                size = (BinaryPrimitives.ReadUInt16BigEndian(picture[(at + 7)..]), BinaryPrimitives.ReadUInt16BigEndian(picture[(at + 5)..]));
            at += 2 + length;
        }

        return null;
    }

    /// <summary>Whether it can be a poster.</summary>
    public static bool IsPoster(ReadOnlySpan<byte> picture) =>
        SizeOf(picture) is var (width, height) && width is > 0 and <= MediaArguments.PosterSide && height is > 0 and <= MediaArguments.PosterSide;

    /// <summary>SOF0 to SOF15; among them are tables (DHT, JPG, DAC) that are no frames.</summary>
    private static bool IsFrame(byte kind) => kind is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC);
}
