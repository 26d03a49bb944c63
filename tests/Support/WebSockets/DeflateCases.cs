using System.IO.Compression;
using System.Text;
using static Ingestion.Tests.Support.WebSockets.WireOpcode;

namespace Ingestion.Tests.Support.WebSockets;

/// <summary>
/// RFC 7692 from the first frame on, clause by clause, in our own words, for servers that keep no context between messages. Every case ends with a close, as
/// those of RFC 6455 do.
/// </summary>
public static class DeflateCases
{
    /// <summary>The first reserved bit, which marks a compressed message.</summary>
    public const int Compressed = 4;

    private static readonly byte[] _message = Deflated(WireCase.Message);
    private static readonly byte[] _bye = WireFrame.Close(1000);

    /// <summary>All of them.</summary>
    public static IReadOnlyList<WireCase> All { get; } = [.. Messages(), .. Blocks(), .. Bits(), .. Broken()];

    /// <summary>The case of a test.</summary>
    public static WireCase Of(string name) => All.Single(one => one.Name == name);

    /// <summary>A payload compressed by the framework alone, without what ends it (7.2.1).</summary>
    public static byte[] Deflated(ReadOnlySpan<byte> payload)
    {
        using var compressed = new MemoryStream();
        using var deflate = new DeflateStream(compressed, CompressionLevel.Optimal);
        deflate.Write(payload);
        deflate.Flush();
        return compressed.ToArray()[..^4];
    }

    /// <summary>What a compressed payload holds.</summary>
    public static byte[] Inflated(ReadOnlySpan<byte> payload)
    {
        using var deflate = new DeflateStream(new MemoryStream([.. payload, 0, 0, 0xFF, 0xFF]), CompressionMode.Decompress);
        using var inflated = new MemoryStream();
        deflate.CopyTo(inflated);
        return inflated.ToArray();
    }

    private static IEnumerable<WireCase> Messages()
    {
        yield return Lives("6.2", "a compressed message", Whole(_message), "message");
        yield return Lives("6.1", "a message that is not compressed", WireFrame.Of(Text, WireCase.Message), "message");
        yield return Lives("6.1", "a compressed one, a plain one and a compressed one",
            [.. Whole(_message), .. WireFrame.Of(Text, WireCase.Message), .. Whole(_message)], "message", "message", "message");
        yield return Lives("7.1.1.2", "the same message twice, without a context", [.. Whole(_message), .. Whole(_message)], "message", "message");
        yield return Lives("6.1", "a compressed message in two frames", InPieces(_message, 10), "message");
        yield return Lives("6.1", "a compressed message in a frame for each byte", InPieces(_message, 1), "message");
        yield return Lives("6.1", "empty frames before, within and behind a compressed message",
            [.. WireFrame.Of(Text, [], final: false, reserved: Compressed), .. WireFrame.Of(Continuation, _message.AsSpan(..9), final: false),
            .. WireFrame.Of(Continuation, [], final: false), .. WireFrame.Of(Continuation, _message.AsSpan(9..), final: false), .. WireFrame.Of(Continuation, [])],
            "message");
        yield return Lives("6.1", "a ping between the frames of a compressed message",
            [.. WireFrame.Of(Text, _message.AsSpan(0, 3), final: false, reserved: Compressed), .. WireFrame.Of(Ping, [7]),
            .. WireFrame.Of(Continuation, _message.AsSpan(3))], "pong:07", "message");
        yield return Lives("6.1", "a close within a compressed message", WireFrame.Of(Text, _message.AsSpan(..5), final: false, reserved: Compressed));
        yield return Lives("6.2", "a compressed message of 50,000 bytes",
            Whole(Deflated(WireCase.MessageWith(Encoding.ASCII.GetBytes(new string('a', 50_000))))), "message");
        yield return Lives("6.2", "compressed text of all lengths", Whole(Deflated(WireCase.MessageWith(Encoding.UTF8.GetBytes("aй€🎬")))), "message");
    }

    private static IEnumerable<WireCase> Blocks()
    {
        yield return Lives("7.2.3.3", "a message in a block without compression", Whole([.. Stored(WireCase.Message, last: false), 0]), "message");
        yield return Lives("7.2.3.4", "a message in a block that is marked as the last", Whole([.. Stored(WireCase.Message, last: true), 0]), "message");
        yield return Lives("7.2.3.5", "a message in two blocks", Whole([.. Stored(WireCase.Message.AsSpan(..7), last: false), .. Stored(WireCase.Message.AsSpan(7..), last: false), 0]),
            "message");
        yield return Lives("7.2.3.5", "a block without compression and one with it",
            Whole([.. Stored(WireCase.Message.AsSpan(..7), last: false), .. Deflated(WireCase.Message.AsSpan(7..))]), "message");
        yield return Lives("7.2.1", "a block of nothing before the message", Whole([.. Stored([], last: false), .. _message]), "message");
    }

    private static IEnumerable<WireCase> Bits()
    {
        yield return Fails("6.1", "a continuation with the bit of compression",
            [.. WireFrame.Of(Text, _message.AsSpan(0, 3), final: false, reserved: Compressed), .. WireFrame.Of(Continuation, _message.AsSpan(3), reserved: Compressed)]);
        yield return Fails("6.1", "a continuation with the bit, of a message without it",
            [.. WireFrame.Of(Text, WireCase.Message.AsSpan(..3), final: false), .. WireFrame.Of(Continuation, WireCase.Message.AsSpan(3..), reserved: Compressed)]);
        foreach (var opcode in (int[])[Ping, Pong, Close])
            yield return Fails("6.1", $"a control frame {opcode} with the bit of compression", WireFrame.Of(opcode, [3, 0xE8], reserved: Compressed));
        yield return Fails("6.1", "a ping with the bit within a compressed message",
            [.. WireFrame.Of(Text, _message.AsSpan(0, 3), final: false, reserved: Compressed), .. WireFrame.Of(Ping, [], reserved: Compressed)]);
        foreach (var reserved in (int[])[1, 2, 3, 5, 6, 7])
            yield return Fails("6", $"reserved bits {reserved} in a text frame", WireFrame.Of(Text, _message, reserved: reserved));
    }

    private static IEnumerable<WireCase> Broken()
    {
        yield return Fails("7.2.2", "bytes that are no DEFLATE", Whole([0xFF, 0xFF, 0xFF, 0xFF]));
        yield return Fails("7.2.2", "bytes that are no DEFLATE, behind a message", [.. Whole(_message), .. Whole([0x06])], "message");
        yield return Fails("7.2.2", "a length that does not match its complement", Whole([0, 5, 0, 5, 0, .. "Hello"u8]));
        yield return Fails("7.2.2", "a distance to before the message", Whole([0x02, 0x02, 0, 0]));
        yield return new("7.2.2", "a compressed text that is no UTF-8", Whole(Deflated([0xC0, 0xAF])), "close:1007");
        yield return new("7.2.2", "a compressed text that is cut off within a character", Whole(Deflated([.. WireCase.Message, 0xE2, 0x82])), "close:1007");
    }

    /// <summary>A compressed text message in one frame.</summary>
    public static byte[] Whole(ReadOnlySpan<byte> compressed) => WireFrame.Of(Text, compressed, reserved: Compressed);

    /// <summary>A message in frames of so many bytes; the first has the bit.</summary>
    private static byte[] InPieces(ReadOnlySpan<byte> compressed, int size)
    {
        var bytes = FramingCases.Pieces(compressed, size);
        bytes[0] |= Compressed << 4;
        return bytes;
    }

    /// <summary>A block of RFC 1951 without compression, from a byte's first bit on.</summary>
    private static byte[] Stored(ReadOnlySpan<byte> content, bool last) =>
        [(byte)(last ? 1 : 0), (byte)content.Length, 0, (byte)~content.Length, 0xFF, .. content];

    private static WireCase Fails(string clause, string what, byte[] sent, params string[] before) => new(clause, what, sent, [.. before, "close:1002"]);

    private static WireCase Lives(string clause, string what, byte[] sent, params string[] answers) =>
        new(clause, what, [.. sent, .. _bye], [.. answers, "close:1000"]);
}
