using System.Text;

namespace Ingestion.Tests.Unit.Uploads;

/// <summary>First bytes of files, made by hand from the formats' specifications.</summary>
internal static class Heads
{
    public static byte[] Of(string name) => name switch
    {
        "mp4" => Ftyp("isom", "isomiso2avc1mp41"),
        "mp4-dash" => Ftyp("iso6", "mp41dash"),
        "m4v" => Ftyp("M4V ", "mp42"),
        "mp4-new-brand" => Ftyp("zzzz", "zzzzmp42"),
        "mov" => Ftyp("qt  ", "qt  "),
        "3gp" => Ftyp("3gp4", "isom3gp4"),
        "3g2" => Ftyp("3g2a", "3g2a"),
        "mkv" => Ebml("matroska"),
        "webm" => Ebml("webm"),
        "avi" => [.. "RIFF"u8, 0, 16, 0, 0, .. "AVI LIST"u8],
        "ts" => Transport(5),
        "ps" => [0, 0, 1, 0xBA, 0x44, 0, 4, 0, 4, 1, 0, 1, 3, 0xF8],
        "mpeg-video" => [0, 0, 1, 0xB3, 0x16, 0, 0xF0, 0x15, 0xFF, 0xFF, 0xE0, 0x80],
        "flv" => [.. "FLV"u8, 1, 5, 0, 0, 0, 9, 0, 0, 0, 0],
        "asf" => [0x30, 0x26, 0xB2, 0x75, 0x8E, 0x66, 0xCF, 0x11, 0xA6, 0xD9, 0x00, 0xAA, 0x00, 0x62, 0xCE, 0x6C],
        "ogg" => [.. "OggS"u8, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, .. "id"u8],
        "quicktime-moov" => Box(0x6C0, "moov"),
        "quicktime-mdat" => Box(0x10_0000, "mdat"),
        "quicktime-wide" => [.. Box(8, "wide")[..8], .. Box(0x10_0000, "mdat")],
        "quicktime-pnot" => Box(20, "pnot"),
        "heic" => Ftyp("heic", "mif1heic"),
        "heix" => Ftyp("heix", "mif1"),
        "hevc-sequence" => Ftyp("hevc", "msf1"),
        "heif" => Ftyp("mif1", "heic"),
        "avif" => Ftyp("avif", "mif1miaf"),
        "avif-sequence" => Ftyp("avis", "msf1"),
        "m4a" => Ftyp("M4A ", "isomiso2"),
        "m4b" => Ftyp("M4B ", "isom"),
        "heic-new-brand" => Ftyp("heim", "mif1iso8"),
        "jxl" => Ftyp("jxl ", "jxl "),
        "brand-unknown" => Ftyp("zzzz", "zzzzyyyy"),
        "text-jxl" => [.. "<!--ftypjxl  --><MPD></MPD>"u8],
        "text-isom" => [.. "<!--ftypisom--><MPD></MPD>"u8],
        "text-qt" => [.. "#EXTftypqt  \n"u8],
        "cr3" => Ftyp("crx ", "isom"),
        "jp2" => [0, 0, 0, 12, .. "jP  "u8, 13, 10, 0x87, 10],
        "png" => [0x89, .. "PNG\r\n"u8, 0x1A, 10, 0, 0, 0, 13, .. "IHDR"u8],
        "jpeg" => [0xFF, 0xD8, 0xFF, 0xE0, 0, 16, .. "JFIF"u8, 0, 1, 1],
        "gif" => [.. "GIF89a"u8, 1, 0, 1, 0, 0x80, 0, 0],
        "wav" => [.. "RIFF"u8, 0, 16, 0, 0, .. "WAVEfmt "u8],
        "webp" => [.. "RIFF"u8, 0, 16, 0, 0, .. "WEBPVP8 "u8],
        "mp3" => [.. "ID3"u8, 4, 0, 0, 0, 0, 0, 0x21, .. "TSSE"u8],
        "zip" => [.. "PK"u8, 3, 4, 20, 0, 0, 0, 8, 0, 0, 0, 0, 0],
        "gzip" => [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 1, 2, 3],
        "pdf" => [.. "%PDF-1.7\n%"u8, 0xE2, 0xE3, 0xCF],
        "elf" => [0x7F, .. "ELF"u8, 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        "exe" => [.. "MZ"u8, 0x90, 0, 3, 0, 0, 0, 4, 0, 0, 0, 0xFF, 0xFF],
        "text" => [.. "Once upon a time there was a video."u8],
        "text-wide" => [.. "The wide river was no video."u8],
        "html" => [.. "<!doctype html><html></html>"u8],
        "mkv-other" => Ebml("mka-like"),
        "mkv-no-doctype" => [0x1A, 0x45, 0xDF, 0xA3, 0x84, 0x42, 0x86, 0x81, 1, 0, 0, 0, 0],
        "mkv-cut" => [0x1A, 0x45, 0xDF, 0xA3, 0x84, 0, 0, 0, 0, 0, 0x42, 0x82],
        "one-sync-byte" => [0x47, .. new byte[600]],
        "ts-cut" => Transport(2)[..300],
        "ts-192" => Transport(4, before: 4),
        "ts-204" => Transport(4, behind: 16),
        "ts-between-packets" => Transport(12)[77..],
        "ts-few-between-packets" => Transport(7)[77..],
        "mxf" => [6, 0x0E, 0x2B, 0x34, 2, 5, 1, 1, 0x0D, 1, 2, 1, 1, 2, 4, 0],
        "h264" => [0, 0, 0, 1, 0x67, 0x42, 0xC0, 0x0D, 0xDA, 5, 7, 0xE8],
        "h265" => [0, 0, 0, 1, 0x40, 1, 0x0C, 1, 0xFF, 0xFF, 1, 0x60],
        "webm-sound" => [.. Ebml("webm"), .. Segment(2)],
        "webm-both" => [.. Ebml("webm"), .. Segment(2, 1)],
        "webm-sound-cut" => [.. Ebml("webm"), .. Segment(2, 1)[..^6]],
        "ogg-sound" => [.. OggPage(2, "OpusHead"), .. OggPage(0, "OpusTags")],
        "ogg-both" => [.. OggPage(2, "OpusHead"), .. OggPage(2, "\u0080theora"), .. OggPage(0, "OpusTags")],
        "mp4-sound" => [.. Ftyp("isom", "iso2mp41"), .. Movie("soun")],
        "mp4-both" => [.. Ftyp("isom", "iso2mp41"), .. Movie("soun", "vide")],
        "mp4-sound-cut" => [.. Ftyp("isom", "iso2mp41"), .. Movie("soun", "vide")[..^10]],
        "zeros" => new byte[4096],
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "No such head."),
    };

    private static byte[] Ftyp(string major, string compatible) =>
        [0, 0, 0, (byte)(16 + compatible.Length), .. "ftyp"u8, .. Encoding.ASCII.GetBytes(major), 0, 0, 2, 0, .. Encoding.ASCII.GetBytes(compatible),
            .. Box(8, "free")[..8]];

    private static byte[] Box(int size, string type) =>
        [(byte)(size >> 24), (byte)(size >> 16), (byte)(size >> 8), (byte)size, .. Encoding.ASCII.GetBytes(type), 0, 0, 0, 0x6C];

    private static byte[] Ebml(string docType)
    {
        byte[] elements = [0x42, 0x86, 0x81, 1, 0x42, 0xF7, 0x81, 1, 0x42, 0xF2, 0x81, 4, 0x42, 0xF3, 0x81, 8, 0x42, 0x82, (byte)(0x80 | docType.Length),
            .. Encoding.ASCII.GetBytes(docType), 0x42, 0x87, 0x81, 4];
        return [0x1A, 0x45, 0xDF, 0xA3, (byte)(0x80 | elements.Length), .. elements];
    }

    private static byte[] Transport(int packets, int before = 0, int behind = 0) =>
        [.. Enumerable.Range(0, packets).SelectMany(_ => (byte[])[.. new byte[before], 0x47, 0x40, 0, 0x10, .. new byte[184 + behind]])];

    private static byte[] Segment(params byte[] trackTypes)
    {
        byte[] tracks = [.. trackTypes.SelectMany(type => (byte[])[0xAE, 0x86, 0xD7, 0x81, 1, 0x83, 0x81, type])];
        return [0x18, 0x53, 0x80, 0x67, 1, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xEC, 0x82, 0, 0, 0x16, 0x54, 0xAE, 0x6B, (byte)(0x80 | tracks.Length),
            .. tracks];
    }

    private static byte[] OggPage(byte flags, string packet)
    {
        var bytes = Encoding.Latin1.GetBytes(packet);
        return [.. "OggS"u8, 0, flags, .. new byte[20], 1, (byte)bytes.Length, .. bytes];
    }

    private static byte[] Movie(params string[] handlers)
    {
        byte[] Track(string handler) => Filled("trak", Filled("mdia", Filled("hdlr", [.. new byte[8], .. Encoding.ASCII.GetBytes(handler)])));
        return Filled("moov", [.. handlers.SelectMany(Track)]);
    }

    private static byte[] Filled(string type, byte[] content) => [.. Box(8 + content.Length, type)[..8], .. content];
}
