using Ingestion.Uploads;

namespace Ingestion.Backends.Media;

/// <summary>
/// Knows containers by their signatures: ISO/IEC 14496-12 (ftyp), the QuickTime file format, RFC 9559 (Matroska and its EBML header), ISO/IEC 13818-1
/// (transport and program streams), RIFF AVI, FLV, ASF, RFC 3533 (Ogg).
/// </summary>
internal sealed class ContainerSniffer : IContainerSniffer
{
    private const int TransportPacket = 188;

    public string? Sniff(ReadOnlySpan<byte> start)
    {
        if (start.Length < 12)
            return null;
        if (start[4..8].SequenceEqual("ftyp"u8))
            return IsoBrand(start);
        if (start.StartsWith((ReadOnlySpan<byte>)[0x1A, 0x45, 0xDF, 0xA3]))
            return Matroska(start);
        if (start.StartsWith("RIFF"u8))
            return start[8..12].SequenceEqual("AVI "u8) ? "video/x-msvideo" : null;
        if (start.StartsWith("FLV\u0001"u8))
            return "video/x-flv";
        if (start.StartsWith("OggS"u8))
            return "video/ogg";
        if (start.StartsWith((ReadOnlySpan<byte>)[0x30, 0x26, 0xB2, 0x75, 0x8E, 0x66, 0xCF, 0x11]))
            return "video/x-ms-asf";
        if (start.StartsWith((ReadOnlySpan<byte>)[0x00, 0x00, 0x01, 0xBA]) || start.StartsWith((ReadOnlySpan<byte>)[0x00, 0x00, 0x01, 0xB3]))
            return "video/mpeg";
        if (IsTransportStream(start))
            return "video/mp2t";
        return IsOldQuickTime(start) ? "video/quicktime" : null;
    }

    /// <summary>Still pictures and sound share the box format; their brands differ.</summary>
    private static string? IsoBrand(ReadOnlySpan<byte> start)
    {
        var brand = start[8..12];
        if (brand.SequenceEqual("qt  "u8))
            return "video/quicktime";
        if (brand.StartsWith("3g"u8))
            return "video/3gpp";
        if (brand.StartsWith("M4A"u8) || brand.StartsWith("M4B"u8) || brand.StartsWith("M4P"u8)
            || brand.StartsWith("hei"u8) || brand.StartsWith("hev"u8) || brand.SequenceEqual("mif1"u8) || brand.SequenceEqual("msf1"u8)
            || brand.StartsWith("avif"u8) || brand.StartsWith("avis"u8) || brand.StartsWith("jp"u8) || brand.StartsWith("crx "u8))
            return null;
        return "video/mp4";
    }

    /// <summary>The DocType element (0x4282) stands in the EBML header, within the first bytes.</summary>
    private static string? Matroska(ReadOnlySpan<byte> start)
    {
        var header = start[..Math.Min(start.Length, 128)];
        var docType = header.IndexOf((ReadOnlySpan<byte>)[0x42, 0x82]);
        if (docType < 0)
            return null;
        var value = header[Math.Min(docType + 3, header.Length)..];
        if (value.StartsWith("webm"u8))
            return "video/webm";
        return value.StartsWith("matroska"u8) ? "video/x-matroska" : null;
    }

    /// <summary>One sync byte proves nothing; three, a packet apart, do.</summary>
    private static bool IsTransportStream(ReadOnlySpan<byte> start) =>
        start.Length > 2 * TransportPacket && start[0] == 0x47 && start[TransportPacket] == 0x47 && start[2 * TransportPacket] == 0x47;

    /// <summary>Before ftyp existed, a file began with one of these atoms.</summary>
    private static bool IsOldQuickTime(ReadOnlySpan<byte> start)
    {
        var atom = start[4..8];
        // Two are English words or nearly so, but their atoms have one size only.
        return atom.SequenceEqual("moov"u8) || atom.SequenceEqual("mdat"u8) || start.StartsWith("\0\0\0\u0008wide"u8) || start.StartsWith("\0\0\0\u0014pnot"u8);
    }
}
