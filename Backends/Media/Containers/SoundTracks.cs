using System.Buffers.Binary;

namespace Ingestion.Backends.Media;

/// <summary>
/// Whether a container of video lists sound alone, as far as its first bytes show. Only a list that is there to its end counts: what is not seen may be
/// pictures, and then processing finds out.
/// </summary>
internal static class SoundTracks
{
    private const int OggHead = 27;

    private static readonly byte[][] _oggSounds =
        [[.. "\u0001vorbis"u8], [.. "OpusHead"u8], [0x7F, .. "FLAC"u8], [.. "Speex   "u8], [.. "CELT    "u8], [.. "PCM     "u8]];

    /// <summary>ISO/IEC 14496-12: the handlers of all tracks, when the whole <c>moov</c> is there.</summary>
    public static bool AreAllOfIso(ReadOnlySpan<byte> start)
    {
        var boxes = start;
        while (TryBox(ref boxes, out var type, out var content))
        {
            if (!type.SequenceEqual("moov"u8))
                continue;
            var (sounds, others) = (0, 0);
            while (TryBox(ref content, out type, out var track))
            {
                if (!type.SequenceEqual("trak"u8))
                    continue;
                var isSound = HandlerOf(track).SequenceEqual("soun"u8);
                (sounds, others) = isSound ? (sounds + 1, others) : (sounds, others + 1);
            }

            return content.IsEmpty && sounds > 0 && others == 0;
        }

        return false;
    }

    /// <summary>RFC 9559: the types in Tracks, when the whole element is there.</summary>
    public static bool AreAllOfMatroska(ReadOnlySpan<byte> start)
    {
        var elements = start;
        if (!TryElement(ref elements, out var id, out _) || id != 0x1A45DFA3)
            return false;
        // The segment is longer than what is there; its children follow its head.
        if (!TryHead(ref elements, out id, out _) || id != 0x18538067)
            return false;
        while (TryElement(ref elements, out id, out var content))
        {
            if (id != 0x1654AE6B)
                continue;
            var (sounds, others) = (0, 0);
            while (TryElement(ref content, out id, out var track))
            {
                if (id != 0xAE)
                    continue;
                var isSound = TrackTypeOf(track) == 2;
                (sounds, others) = isSound ? (sounds + 1, others) : (sounds, others + 1);
            }

            return content.IsEmpty && sounds > 0 && others == 0;
        }

        return false;
    }

    /// <summary>RFC 3533: all streams begin before the first of them continues.</summary>
    public static bool AreAllOfOgg(ReadOnlySpan<byte> start)
    {
        var sounds = 0;
        while (start.Length > OggHead && start.StartsWith("OggS"u8))
        {
            var isFirst = (start[5] & 2) != 0;
            if (!isFirst)
                return sounds > 0;
            var segments = start[26];
            if (start.Length < OggHead + segments)
                return false;
            var length = 0;
            foreach (var segment in start.Slice(OggHead, segments))
                length += segment;
            if (start.Length < OggHead + segments + length)
                return false;
            var packet = start.Slice(OggHead + segments, length);
            if (IsOggSound(packet))
                sounds++;
            else if (!packet.StartsWith("fishead\0"u8))
                return false;
            start = start[(OggHead + segments + length)..];
        }

        return false;
    }

    private static bool IsOggSound(ReadOnlySpan<byte> packet)
    {
        foreach (var head in _oggSounds)
        {
            if (packet.StartsWith(head))
                return true;
        }

        return false;
    }

    private static ReadOnlySpan<byte> HandlerOf(ReadOnlySpan<byte> track)
    {
        while (TryBox(ref track, out var type, out var media))
        {
            if (!type.SequenceEqual("mdia"u8))
                continue;
            while (TryBox(ref media, out type, out var handler))
            {
                if (type.SequenceEqual("hdlr"u8) && handler.Length >= 12)
                    return handler[8..12];
            }
        }

        return [];
    }

    /// <summary>The next box that is there whole.</summary>
    private static bool TryBox(scoped ref ReadOnlySpan<byte> boxes, out ReadOnlySpan<byte> type, out ReadOnlySpan<byte> content)
    {
        type = [];
        content = [];
        if (boxes.Length < 8)
            return false;
        var length = BinaryPrimitives.ReadUInt32BigEndian(boxes);
        if (length < 8 || length > boxes.Length)
            return false;
        type = boxes[4..8];
        content = boxes[8..(int)length];
        boxes = boxes[(int)length..];
        return true;
    }

    private static long TrackTypeOf(ReadOnlySpan<byte> track)
    {
        while (TryElement(ref track, out var id, out var content))
        {
            if (id == 0x83 && content.Length == 1)
                return content[0];
        }

        return 0;
    }

    /// <summary>The next element that is there whole.</summary>
    private static bool TryElement(scoped ref ReadOnlySpan<byte> elements, out long id, out ReadOnlySpan<byte> content)
    {
        content = [];
        if (!TryHead(ref elements, out id, out var length) || length > elements.Length)
            return false;
        content = elements[..(int)length];
        elements = elements[(int)length..];
        return true;
    }

    private static bool TryHead(scoped ref ReadOnlySpan<byte> elements, out long id, out long length)
    {
        length = 0;
        return TryNumber(ref elements, 4, keepMarker: true, out id) && TryNumber(ref elements, 8, keepMarker: false, out length);
    }

    /// <summary>RFC 8794: as many bytes as the first one has leading zeros, and one.</summary>
    private static bool TryNumber(scoped ref ReadOnlySpan<byte> bytes, int longest, bool keepMarker, out long number)
    {
        number = 0;
        if (bytes.IsEmpty || bytes[0] == 0)
            return false;
        var length = System.Numerics.BitOperations.LeadingZeroCount((uint)bytes[0]) - 23;
        if (length > longest || length > bytes.Length)
            return false;
        number = keepMarker ? bytes[0] : bytes[0] & (0xFF >> length);
        foreach (var next in bytes[1..length])
            number = number << 8 | next;
        bytes = bytes[length..];
        return true;
    }
}
