using System.Globalization;
using System.Text;
using static Ingestion.Tests.Support.WebSockets.WireOpcode;

namespace Ingestion.Tests.Support.WebSockets;

/// <summary>
/// RFC 6455 from the first frame on, clause by clause, in our own words. Every case ends with a close: the server's, or the answer to the client's.
/// </summary>
public static class FramingCases
{
    private const int LongestControl = 125;

    private static readonly byte[] _message = WireFrame.Of(Text, WireCase.Message);
    private static readonly byte[] _bye = WireFrame.Close(1000);

    /// <summary>All of them.</summary>
    public static IReadOnlyList<WireCase> All { get; } =
        [.. Masking(), .. Heads(), .. Lengths(), .. Fragments(), .. Closing(), .. PingsAndPongs(), .. Texts(), .. CloseCodes()];

    /// <summary>The case of a test.</summary>
    public static WireCase Of(string name) => All.Single(one => one.Name == name);

    private static IEnumerable<WireCase> Masking()
    {
        const string Clause = "5.1";
        yield return Fails(Clause, "a text frame without a mask", WireFrame.Of(Text, WireCase.Message, masked: false));
        yield return Fails(Clause, "a ping without a mask", WireFrame.Of(Ping, [], masked: false));
        yield return Fails(Clause, "a close without a mask", WireFrame.Of(Close, [3, 0xE8], masked: false));
        yield return Fails(Clause, "a continuation without a mask",
            [.. WireFrame.Of(Text, WireCase.Message, final: false), .. WireFrame.Of(Continuation, [], masked: false)]);
        yield return Lives(Clause, "a mask of zeros", [0x81, 0x94, 0, 0, 0, 0, .. WireCase.Message], "message");
    }

    private static IEnumerable<WireCase> Heads()
    {
        const string Clause = "5.2";
        for (var reserved = 1; reserved <= 7; reserved++)
            yield return Fails(Clause, $"reserved bits {reserved} in a text frame", WireFrame.Of(Text, WireCase.Message, reserved: reserved));
        foreach (var opcode in (int[])[Ping, Pong, Close])
            yield return Fails(Clause, $"a reserved bit in a control frame {opcode}", WireFrame.Of(opcode, [3, 0xE8], reserved: 4));
        yield return Fails(Clause, "a reserved bit in a continuation",
            [.. WireFrame.Of(Text, WireCase.Message, final: false), .. WireFrame.Of(Continuation, [], reserved: 4)]);
        foreach (var opcode in (int[])[3, 4, 5, 6, 7, 11, 12, 13, 14, 15])
        {
            yield return Fails(Clause, $"the opcode {opcode}, which is reserved", WireFrame.Of(opcode, []));
            yield return Fails(Clause, $"the opcode {opcode} behind a message", [.. _message, .. WireFrame.Of(opcode, [1])], "message");
        }
    }

    private static IEnumerable<WireCase> Lengths()
    {
        const string Clause = "5.2";
        foreach (var length in (int[])[100, 125, 126, 127, 128, 255, 256, 65_535, 65_536])
            yield return Lives(Clause, $"a text message of {length} bytes", WireFrame.Of(Text, Padded(length)), "message");
        yield return Lives(Clause, "a length of 16 bits where 7 do", WireFrame.Of(Text, WireCase.Message, lengthBytes: 2), "message");
        yield return Lives(Clause, "a length of 64 bits where 7 do", WireFrame.Of(Text, WireCase.Message, lengthBytes: 8), "message");
        yield return Fails(Clause, "a length whose first bit is set", [0x81, 0xFF, 0x80, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0]);
    }

    private static IEnumerable<WireCase> Fragments()
    {
        const string Clause = "5.4";
        yield return Lives(Clause, "a message in two frames", Pieces(WireCase.Message, 10), "message");
        yield return Lives(Clause, "a message in a frame for each byte", Pieces(WireCase.Message, 1), "message");
        yield return Lives(Clause, "empty frames before, within and behind a message",
            [.. WireFrame.Of(Text, [], final: false), .. WireFrame.Of(Continuation, WireCase.Message.AsSpan(..9), final: false),
            .. WireFrame.Of(Continuation, [], final: false), .. WireFrame.Of(Continuation, WireCase.Message.AsSpan(9..), final: false), .. WireFrame.Of(Continuation, [])],
            "message");
        yield return Lives(Clause, "a ping between two fragments",
            [.. WireFrame.Of(Text, WireCase.Message.AsSpan(..5), final: false), .. WireFrame.Of(Ping, "hi"u8), .. WireFrame.Of(Continuation, WireCase.Message.AsSpan(5..))],
            "pong:6869", "message");
        yield return Lives(Clause, "three pings and a pong between fragments",
            [.. WireFrame.Of(Text, WireCase.Message.AsSpan(..5), final: false), .. WireFrame.Of(Ping, [1]), .. WireFrame.Of(Pong, [9]),
            .. WireFrame.Of(Continuation, WireCase.Message.AsSpan(5..8), final: false), .. WireFrame.Of(Ping, [2]), .. WireFrame.Of(Ping, [3]),
            .. WireFrame.Of(Continuation, WireCase.Message.AsSpan(8..))], "pong:01", "pong:02", "pong:03", "message");
        yield return Lives(Clause, "two messages in pieces, one after the other", [.. Pieces(WireCase.Message, 7), .. Pieces(WireCase.Message, 11)],
            "message", "message");
        yield return Fails(Clause, "a continuation without a beginning", WireFrame.Of(Continuation, WireCase.Message));
        yield return Fails(Clause, "a continuation that goes on, without a beginning", WireFrame.Of(Continuation, WireCase.Message, final: false));
        yield return Fails(Clause, "a continuation behind a whole message", [.. _message, .. WireFrame.Of(Continuation, [])], "message");
        yield return Fails(Clause, "a continuation behind a message in pieces", [.. Pieces(WireCase.Message, 7), .. WireFrame.Of(Continuation, [])], "message");
        yield return Fails(Clause, "a text message within a message", [.. WireFrame.Of(Text, WireCase.Message.AsSpan(..5), final: false), .. _message]);
        yield return Fails(Clause, "a binary message within a message", [.. WireFrame.Of(Text, WireCase.Message.AsSpan(..5), final: false), .. WireFrame.Of(Binary, [])]);
        foreach (var opcode in (int[])[Ping, Pong, Close])
            yield return Fails(Clause, $"a control frame {opcode} in pieces", [.. WireFrame.Of(opcode, [3], final: false), .. WireFrame.Of(Continuation, [0xE8])]);
    }

    private static IEnumerable<WireCase> Closing()
    {
        const string Clause = "5.5.1";
        yield return new(Clause, "a close without a code", WireFrame.Of(Close, []), "close:1000");
        yield return new(Clause, "a close with a code", WireFrame.Close(1000), "close:1000");
        yield return new(Clause, "a close with a code and a reason", WireFrame.Close(1000, "done"u8), "close:1000");
        yield return new(Clause, "a close with the longest reason", WireFrame.Close(1000, new byte[LongestControl - 2]), "close:1000");
        yield return new(Clause, "a close with a reason that is not ASCII", WireFrame.Close(1000, "готово"u8), "close:1000");
        yield return new(Clause, "a message behind a close", [.. _bye, .. _message], "close:1000");
        yield return new(Clause, "a ping behind a close", [.. _bye, .. WireFrame.Of(Ping, [1])], "close:1000");
        yield return new(Clause, "two closes", [.. _bye, .. WireFrame.Close(3000)], "close:1000");
        yield return new(Clause, "a close within a message", [.. WireFrame.Of(Text, WireCase.Message.AsSpan(..5), final: false), .. _bye], "close:1000");
        yield return new(Clause, "a close behind a message", [.. _message, .. _bye], "message", "close:1000");
        yield return Fails(Clause, "a close with one byte", WireFrame.Of(Close, [3]));
        yield return Fails("5.5", "a close of 126 bytes", WireFrame.Close(1000, new byte[LongestControl - 1]));
        yield return new("7.1.6", "a reason that is no UTF-8", WireFrame.Close(1000, 0xFF, 0xFE), "close:1007");
        yield return new("7.1.6", "a reason that is cut off within a character", WireFrame.Close(1000, 0xE2, 0x82), "close:1007");
        yield return new("7.1.6", "a reason that is no UTF-8 and a code that is none", WireFrame.Close(1005, 0xFF), "close:1002");
    }

    private static IEnumerable<WireCase> PingsAndPongs()
    {
        yield return Lives("5.5.2", "a ping without a payload", WireFrame.Of(Ping, []), "pong:");
        yield return Lives("5.5.2", "a ping with a payload", WireFrame.Of(Ping, "hi"u8), "pong:6869");
        yield return Lives("5.5.2", "a ping with bytes that are no text", WireFrame.Of(Ping, [0, 0xFF, 0xFE, 0xFD]), "pong:00fffefd");
        yield return Lives("5.5.2", "a ping as long as may be", WireFrame.Of(Ping, new byte[LongestControl]), $"pong:{new string('0', 2 * LongestControl)}");
        yield return Lives("5.5.2", "ten pings at once", [.. Enumerable.Range(0, 10).SelectMany(i => WireFrame.Of(Ping, [(byte)i]))],
            [.. Enumerable.Range(0, 10).Select(i => $"pong:{i:x2}")]);
        yield return Fails("5.5", "a ping of 126 bytes", WireFrame.Of(Ping, new byte[LongestControl + 1]));
        yield return Fails("5.5", "a pong of 126 bytes", WireFrame.Of(Pong, new byte[LongestControl + 1]));
        yield return Fails("5.5", "a ping with a length of 16 bits", WireFrame.Of(Ping, new byte[200], lengthBytes: 2));
        yield return Lives("5.5.3", "a pong that nobody asked for", WireFrame.Of(Pong, "hi"u8));
        yield return Lives("5.5.3", "a pong that nobody asked for, and a ping", [.. WireFrame.Of(Pong, []), .. WireFrame.Of(Ping, [7])], "pong:07");
    }

    private static IEnumerable<WireCase> Texts()
    {
        string[] right = ["κόσμε", "видео 🎬", "\u0080\u07ff\u0800\uffff", "\U00010000\U0010ffff", "\ud7ff\ue000\ufdd0\ufffe", "e\u0301\u200d\u202e"];
        foreach (var text in right)
        {
            yield return Lives("5.6", $"the text {Escaped(text)}", WireFrame.Of(Text, WireCase.MessageWith(Encoding.UTF8.GetBytes(text))), "message");
            yield return Lives("5.4", $"the text {Escaped(text)}, whose characters are cut up", Pieces(WireCase.MessageWith(Encoding.UTF8.GetBytes(text)), 1), "message");
        }

        string[] wrong =
        [
            "80", "bf", "8080", "c3", "c328", "c0af", "c080", "c1bf", "e08080", "e09fbf", "e0808f", "e282", "e228a1", "eda080", "edadbf", "edb080", "edbfbf", "eda080edb080",
            "f0808080", "f08fbfbf", "f09f98", "f0288cbc", "f4908080", "f5808080", "f7bfbfbf", "f888808080", "fc8480808080", "fe", "ff", "fefeffff",
        ];
        foreach (var bytes in wrong)
        {
            yield return new("8.1", $"a text with the bytes {bytes}", WireFrame.Of(Text, WireCase.MessageWith(Convert.FromHexString(bytes))), "close:1007");
            yield return new("8.1", $"a text in pieces with the bytes {bytes}", Pieces(WireCase.MessageWith(Convert.FromHexString(bytes)), 1), "close:1007");
        }

        yield return new("8.1", "a text that ends within a character", WireFrame.Of(Text, [.. WireCase.Message, 0xF0, 0x9F]), "close:1007");
        yield return new("8.1", "a text that is no UTF-8, behind one that is", [.. _message, .. WireFrame.Of(Text, [0xFF])], "message", "close:1007");
    }

    private static IEnumerable<WireCase> CloseCodes()
    {
        foreach (var code in (int[])[1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3005, 3999, 4000, 4321, 4999])
            yield return new("7.4.1", $"the code {code} comes back", WireFrame.Close(code), string.Create(CultureInfo.InvariantCulture, $"close:{code}"));
        foreach (var code in (int[])[1004, 1005, 1006, 1015])
            yield return Fails("7.4.1", $"the code {code}, which no frame may have", WireFrame.Close(code));
        foreach (var code in (int[])[0, 1, 500, 999, 1016, 1100, 1999, 2000, 2999, 5000, 32_768, 65_535])
            yield return Fails("7.4.2", $"the code {code}, which is nobody's", WireFrame.Close(code));
    }

    private static WireCase Fails(string clause, string what, byte[] sent, params string[] before) => new(clause, what, sent, [.. before, "close:1002"]);

    private static WireCase Lives(string clause, string what, byte[] sent, params string[] answers) =>
        new(clause, what, [.. sent, .. _bye], [.. answers, "close:1000"]);

    /// <summary>Of exactly so many bytes.</summary>
    private static byte[] Padded(int length) => Encoding.ASCII.GetBytes(Encoding.ASCII.GetString(WireCase.Message).PadRight(length));

    /// <summary>A text message in frames of so many bytes.</summary>
    public static byte[] Pieces(ReadOnlySpan<byte> payload, int size)
    {
        var bytes = new List<byte>();
        for (var at = 0; at < payload.Length; at += size)
        {
            var piece = payload[at..Math.Min(at + size, payload.Length)];
            bytes.AddRange(WireFrame.Of(at == 0 ? Text : Continuation, piece, final: at + size >= payload.Length));
        }

        return [.. bytes];
    }

    private static string Escaped(string text) => string.Concat(text.Select(c => c is > ' ' and < '\u007f' ? $"{c}" : $"\\u{(int)c:x4}"));
}
