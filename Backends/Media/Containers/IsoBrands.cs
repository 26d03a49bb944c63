using System.Buffers.Binary;
using System.Text;
using Ingestion.Uploads;

namespace Ingestion.Backends.Media;

/// <summary>
/// Brands of ISO/IEC 14496-12 files that hold video, by the registry at https://mp4ra.org/registered-types/brands. A brand that is not listed is
/// nothing that is known here: text with "ftyp" in the right place is not a video.
/// </summary>
internal static class IsoBrands
{
    private const string Mp4 = "video/mp4";

    // A real one has 20 to 100 bytes. Its length also keeps text out: four letters make a box of hundreds of megabytes.
    private const int ShortestBox = 16;
    private const int LongestBox = 1024;

    private static readonly HashSet<string> _mp4 = new(StringComparer.Ordinal)
    {
        "isom", "iso2", "iso3", "iso4", "iso5", "iso6", "iso7", "iso8", "iso9", "isoa", "isob", "isoc", "mp41", "mp42", "mp71", "mmp4", "avc1", "av01",
        "hvc1", "M4V ", "M4VH", "M4VP", "F4V ", "f4v ", "MSNV", "XAVC", "CAEP", "caqv", "niko", "pana", "ARRI", "KDDI", "dby1", "dash", "msdh", "msix",
        "cmfc", "cmf2", "cmff", "cmfl", "cmfs", "piff", "isml", "ccff", "mjp2", "mj2s", "dmb1", "dvr1", "dvt1", "sdv ", "ssc1", "ssc2",
        "NDSC", "NDSH", "NDSM", "NDSP", "NDSS", "NDXC", "NDXH", "NDXM", "NDXP", "NDXS",
    };

    // Still pictures and sound in the same boxes. They name brands of video among the compatible ones.
    private static readonly string[] _sound = ["M4A", "M4B", "M4P", "F4A", "F4B"];
    private static readonly string[] _pictures = ["hei", "hev", "mif", "msf", "avif", "avis", "avci", "avcs", "miaf", "jp", "crx "];

    /// <summary>The media type of a file that begins with this <c>ftyp</c> box; null when it holds no video that is known.</summary>
    public static string? TypeOf(ReadOnlySpan<byte> start)
    {
        var length = BinaryPrimitives.ReadUInt32BigEndian(start);
        if (length is < ShortestBox or > LongestBox)
            return null;
        var major = NameAt(start, 8);
        if (StartsWithAny(major, _sound) || StartsWithAny(major, _pictures))
            return null;
        var type = TypeOf(major);
        // The major brand is followed by its version, and that by the brands the file is compatible with.
        for (var at = 16; type is null && at + 4 <= Math.Min(start.Length, (int)length); at += 4)
            type = TypeOf(NameAt(start, at));
        return type;
    }

    /// <summary>Why a file with this <c>ftyp</c> box, for which there is no type, is none.</summary>
    public static SourceRefusal WhyNot(ReadOnlySpan<byte> start)
    {
        if (BinaryPrimitives.ReadUInt32BigEndian(start) is < ShortestBox or > LongestBox)
            return SourceRefusal.NotAVideo;
        var major = NameAt(start, 8);
        return StartsWithAny(major, _sound) ? SourceRefusal.AudioOnly : StartsWithAny(major, _pictures) ? SourceRefusal.ImageOnly : SourceRefusal.NotAVideo;
    }

    private static bool StartsWithAny(string brand, string[] names) => names.Any(name => brand.StartsWith(name, StringComparison.Ordinal));

    private static string? TypeOf(string brand) => brand switch
    {
        "qt  " => "video/quicktime",
        ['3', 'g', 'p' or 'e' or 'g' or 'h' or 'm' or 'r' or 's' or 't' or '2', _] => "video/3gpp",
        _ => _mp4.Contains(brand) ? Mp4 : null,
    };

    private static string NameAt(ReadOnlySpan<byte> start, int at) => Encoding.Latin1.GetString(start.Slice(at, 4));
}
