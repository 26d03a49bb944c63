using Ingestion.Uploads;

namespace Ingestion.Backends.Media;

/// <summary>Files that people take for videos, or send by mistake: so that the refusal can say why.</summary>
internal static class OtherFiles
{
    public static SourceRefusal Recognise(ReadOnlySpan<byte> start)
    {
        if (start.Length < 12)
            return SourceRefusal.NotAVideo;
        if (start[4..8].SequenceEqual("ftyp"u8))
            return SoundTracks.AreAllOfIso(start) ? SourceRefusal.AudioOnly : IsoBrands.WhyNot(start);
        if (IsSound(start))
            return SourceRefusal.AudioOnly;
        if (IsImage(start))
            return SourceRefusal.ImageOnly;
        return IsAnnexB(start) ? SourceRefusal.RawStream : SourceRefusal.NotAVideo;
    }

    private static bool IsSound(ReadOnlySpan<byte> start) =>
        (start.StartsWith("RIFF"u8) && start[8..12].SequenceEqual("WAVE"u8)) || (start.StartsWith("FORM"u8) && start[8..11].SequenceEqual("AIF"u8))
            || start.StartsWith("ID3"u8) || start.StartsWith("fLaC"u8) || start.StartsWith("#!AMR"u8) || start.StartsWith("caff"u8)
            || SoundTracks.AreAllOfOgg(start) || SoundTracks.AreAllOfMatroska(start);

    private static bool IsImage(ReadOnlySpan<byte> start) =>
        start.StartsWith("GIF87a"u8) || start.StartsWith("GIF89a"u8) || start.StartsWith((ReadOnlySpan<byte>)[0x89, 0x50, 0x4E, 0x47])
            || start.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]) || (start.StartsWith("RIFF"u8) && start[8..12].SequenceEqual("WEBP"u8))
            || start[4..].StartsWith("jP  "u8);

    /// <summary>
    /// A start code, then the head of a first unit: of H.264 (ITU-T H.264, 7.3.1) parameters, a delimiter or a message, of H.265 (7.3.1.2) the same with two bytes.
    /// </summary>
    private static bool IsAnnexB(ReadOnlySpan<byte> start)
    {
        var zeros = start.IndexOfAnyExcept((byte)0);
        if (zeros is < 2 or > 3 || start[zeros] != 1)
            return false;
        var (first, second) = (start[zeros + 1], start[zeros + 2]);
        return first is 0x67 or 0x27 or 0x47 or 0x09 or 0x06 || (first is 0x40 or 0x42 or 0x46 or 0x4E && second == 1);
    }
}
