using System.Security.Cryptography;
using System.Text;
using Ingestion.Tests.Support.WebSockets;
using static Ingestion.Tests.Support.WebSockets.WireOpcode;

namespace Ingestion.Tests.Unit.Status.Framing.Conformance;

/// <summary>Messages that must come back as they were: of any size and kind, whole and in pieces.</summary>
internal static class EchoCases
{
    private const int Longest = 4 * 1024 * 1024;

    private static readonly byte[] _bye = WireFrame.Close(1000);
    private static readonly int[] _sizes = [0, 1, 125, 126, 127, 65_535, 65_536, 1024 * 1024, Longest];

    public static IReadOnlyList<WireCase> All { get; } = [.. Whole(), .. InPieces(), .. TooLong()];

    public static WireCase Of(string name) => All.Single(one => one.Name == name);

    /// <summary>A message by its kind, length and digest; the one of the shared cases by that name.</summary>
    public static string Describe(WireFrame frame)
    {
        if (!frame.IsFinal)
            return "a fragment";
        if (frame.IsDeflated)
            return "a compressed message that nobody asked for";
        return frame.Opcode is Text && Encoding.UTF8.GetString(frame.Payload).StartsWith("{\"op\":\"ping\"", StringComparison.Ordinal)
            ? "message" : Describe(frame.Opcode, frame.Payload);
    }

    public static string Describe(int opcode, ReadOnlySpan<byte> payload) =>
        $"{(opcode is Text ? "text" : "binary")} of {payload.Length}, {Convert.ToHexStringLower(SHA256.HashData(payload)[..4])}";

    private static IEnumerable<WireCase> Whole()
    {
        foreach (var size in _sizes)
        {
            foreach (var opcode in (int[])[Text, Binary])
                yield return new("5.6", $"{Kind(opcode)} of {size} bytes", [.. WireFrame.Of(opcode, Payload(opcode, size)), .. _bye],
                    Describe(opcode, Payload(opcode, size)), "close:1000");
        }
    }

    private static IEnumerable<WireCase> InPieces()
    {
        foreach (var (size, piece) in ((int, int)[])[(10, 1), (1_000, 1), (70_000, 125), (70_000, 126), (1024 * 1024, 4_096), (Longest, 65_536)])
        {
            foreach (var opcode in (int[])[Text, Binary])
            {
                yield return new("5.4", $"{Kind(opcode)} of {size} bytes in frames of {piece}", [.. Pieces(opcode, size, piece), .. _bye],
                    Describe(opcode, Payload(opcode, size)), "close:1000");
            }
        }

        yield return new("5.4", "binary bytes that are no UTF-8", [.. WireFrame.Of(Binary, [0xFF, 0xC0, 0x80]), .. _bye],
            Describe(Binary, [0xFF, 0xC0, 0x80]), "close:1000");
    }

    private static IEnumerable<WireCase> TooLong()
    {
        yield return new("7.4.1", "a message longer than the server takes", WireFrame.Of(Binary, new byte[Longest + 1]), "close:1009");
        yield return new("7.4.1", "a frame of 2 to the 40 bytes, of which none comes", [0x82, 0xFF, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0], "close:1009");
    }

    private static byte[] Pieces(int opcode, int size, int piece)
    {
        // More frames than a message may have are another case.
        piece = Math.Max(piece, (size / 1_000) + 1);
        var bytes = FramingCases.Pieces(Payload(opcode, size), piece);
        bytes[0] = (byte)((bytes[0] & 0xF0) | opcode);
        return bytes;
    }

    private static string Kind(int opcode) => opcode is Text ? "text" : "binary";

    /// <summary>Text with characters of all lengths; bytes of any value.</summary>
    private static byte[] Payload(int opcode, int size)
    {
        var bytes = new byte[size];
        if (opcode is Binary)
            new Random(size).NextBytes(bytes);
        else
            Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("aй€🎬", (size / 10) + 1))).AsSpan(0, size - (size % 10)).CopyTo(bytes);
        return bytes;
    }
}
