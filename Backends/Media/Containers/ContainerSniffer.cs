using Ingestion.Uploads;

namespace Ingestion.Backends.Media;

/// <summary>
/// Knows containers by their signatures: ISO/IEC 14496-12 (ftyp), the QuickTime file format, RFC 9559 (Matroska and its EBML header), ISO/IEC 13818-1
/// (transport and program streams), RIFF AVI, FLV, ASF, RFC 3533 (Ogg), SMPTE ST 377-1 (MXF), IEC 61834-2 (DV).
/// </summary>
internal sealed class ContainerSniffer : IContainerSniffer
{
    private const int DifBlock = 80;

    public string? Sniff(ReadOnlySpan<byte> start) => Recognise(start)?.MediaType;

    public SourceRefusal WhyNot(ReadOnlySpan<byte> start) => OtherFiles.Recognise(start);

    /// <summary>The container with the demuxer to read it by; null when the bytes are not the start of a known one, or of one without pictures.</summary>
    public static ContainerFormat? Recognise(ReadOnlySpan<byte> start)
    {
        if (start.Length < 12)
            return null;
        if (start[4..8].SequenceEqual("ftyp"u8))
            return IsoBrands.TypeOf(start) is { } branded && !SoundTracks.AreAllOfIso(start) ? new ContainerFormat(branded, "mov") : null;
        if (start.StartsWith((ReadOnlySpan<byte>)[0x1A, 0x45, 0xDF, 0xA3]))
            return Matroska(start) is { } document && !SoundTracks.AreAllOfMatroska(start) ? new ContainerFormat(document, "matroska") : null;
        if (start.StartsWith("RIFF"u8))
            return start[8..12].SequenceEqual("AVI "u8) ? new ContainerFormat("video/x-msvideo", "avi") : null;
        if (start.StartsWith("FLV\u0001"u8))
            return new ContainerFormat("video/x-flv", "flv");
        if (start.StartsWith("OggS"u8))
            return SoundTracks.AreAllOfOgg(start) ? null : new ContainerFormat("video/ogg", "ogg");
        if (start.StartsWith((ReadOnlySpan<byte>)[0x30, 0x26, 0xB2, 0x75, 0x8E, 0x66, 0xCF, 0x11]))
            return new ContainerFormat("video/x-ms-asf", "asf");
        if (start.StartsWith((ReadOnlySpan<byte>)[0x00, 0x00, 0x01, 0xBA]))
            return new ContainerFormat("video/mpeg", "mpeg");
        if (start.StartsWith((ReadOnlySpan<byte>)[0x00, 0x00, 0x01, 0xB3]))
            return new ContainerFormat("video/mpeg", "mpegvideo");
        if (start.StartsWith((ReadOnlySpan<byte>)[0x06, 0x0E, 0x2B, 0x34, 0x02, 0x05, 0x01, 0x01, 0x0D, 0x01, 0x02]))
            return new ContainerFormat("application/mxf", "mxf");
        if (IsDv(start))
            return new ContainerFormat("video/dv", "dv");
        if (IsOldQuickTime(start))
            return new ContainerFormat("video/quicktime", "mov");
        return TransportStreams.IsOne(start) ? new ContainerFormat("video/mp2t", "mpegts") : null;
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

    /// <summary>The header block of a frame, and the first of its two subcode blocks.</summary>
    private static bool IsDv(ReadOnlySpan<byte> start) =>
        start.Length > DifBlock + 2 && start.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x07, 0x00]) && (start[3] & 0x7F) == 0x3F
            && (start[DifBlock] & 0xE0) == 0x20 && start[DifBlock + 2] == 0;

    /// <summary>Before ftyp existed, a file began with one of these atoms.</summary>
    private static bool IsOldQuickTime(ReadOnlySpan<byte> start)
    {
        var atom = start[4..8];
        // Two are English words or nearly so, but their atoms have one size only.
        return atom.SequenceEqual("moov"u8) || atom.SequenceEqual("mdat"u8) || start.StartsWith("\0\0\0\u0008wide"u8) || start.StartsWith("\0\0\0\u0014pnot"u8);
    }
}
