using System.Buffers.Binary;
using System.Text;

namespace Ingestion.Tests.EndToEnd.Status.Framing.Fuzz;

/// <summary>Something to send.</summary>
/// <param name="Kind">What is wrong with it.</param>
/// <param name="Code">What the server closes with; null when the socket survives it.</param>
/// <param name="Bytes">One frame or several.</param>
internal sealed record Shot(string Kind, int? Code, byte[] Bytes);

/// <summary>Frames that a client should not send, each with what has to become of its socket. The same seed makes the same ones.</summary>
internal sealed class FrameFuzzer(int seed)
{
    private const int LargestMessage = 64 * 1024;
    private const int Text = 1;
    private const int Binary = 2;
    private const int Close = 8;
    private const int Ping = 9;
    private const int Pong = 10;

    // Whole frames of the protocol: wrong, too early, or of no use, and the socket lives on.
    private static readonly string[] _harmless =
    [
        """{"op":"fly","id":1}""",
        """{"op":"","id":-9223372036854775808}""",
        """{"op":"sub","id":1}""",
        """{"op":"sub","id":1,"ch":[]}""",
        """{"op":"sub","id":1,"ch":["everything"]}""",
        """{"op":"sub","id":1,"ch":["video:\u0000"]}""",
        """{"op":"sub","id":1,"ch":["role:nobody","user"]}""",
        """{"op":"sub","id":1,"ch":["user"],"since":"9223372036854775808:1"}""",
        """{"op":"sub","id":1,"ch":["user"],"since":"gone:9223372036854775807"}""",
        """{"op":"sub","id":1,"ch":["user"],"since":"no cursor"}""",
        """{"op":"unsub","id":1,"ch":["user","system","never had"]}""",
        """{"op":"unsub","id":1}""",
        """{"op":"ack"}""",
        """{"op":"ack","cur":"none"}""",
        """{"op":"ack","cur":"ahead:9223372036854775807"}""",
        """{"op":"pong","ts":-1,"cur":":"}""",
        """{"op":"pong"}""",
        """{"op":"hello"}""",
        """{"op":"evt","cur":"0:1","data":{"deep":[[[[[[[[[[{}]]]]]]]]]]}}""",
        """  {"op":"ping","op":"ping","ts":9223372036854775807}  """,
        "null", "[]", "1e999", "\"op\"", "{}", """{"op":null}""", """{"op":7}""", """{"op":["sub"]}""", """{"op":"sub","ch":"user"}""",
        """{"op":"sub","ch":[7]}""", """{"op":"sub","ch":["user",null]}""", """{"op":"unsub","ch":[null]}""", """{"op":"sub","ch":{"0":"user"}}""",
        """{"op":"sub","id":"1"}""", """{"op":"sub","id":1.5}""", """{"op":"ping","ts":9223372036854775808}""", """{"op":"ack","cur":1}""",
        """{"op":"\ud800"}""", """{"op":"ping","since":"\udc00"}""", """{"op":"ping","ts":"1"}""", """{"op":"auth","token":7}""",
        "{\"op\":\"ping\",\"x\":" + new string('[', 100) + new string(']', 100) + "}",
    ];

    // Text that is no JSON.
    private static readonly string[] _noFrames =
    [
        "", " ", "nul", "x", "{", """{"op":"ping"}{"op":"ping"}""", """{"op":"ping",}""", """{'op':'ping'}""", """{"op":"ping" /* comment */}""",
        """{"op":01}""", """{"op":"pi""" + "\n" + """ng"}""", "\ufeff" + """{"op":"ping"}""", new string('[', 100),
    ];

    private readonly Random _random = new(seed);

    public Random Random => _random;

    /// <summary>Something that the socket survives.</summary>
    public Shot Harmless() => _random.Next(60) switch
    {
        < 10 => new("a ping", null, Frame(Ping, Bytes(_random.Next(126)))),
        < 20 => new("an unsolicited pong", null, Frame(Pong, Bytes(_random.Next(126)))),
        < 30 => new("a message in pieces, with controls in between", null, Fragmented(_random.GetItems(_harmless, 1)[0])),
        30 => new("a message as large as allowed", null, Frame(Text, Encoding.UTF8.GetBytes("""{"op":"pong"}""".PadRight(LargestMessage)))),
        _ => Of(_random.GetItems(_harmless, 1)[0]),
    };

    /// <summary>Something that ends the socket.</summary>
    public Shot Fatal() => _random.Next(14) switch
    {
        0 => new("a frame without a mask", 1002, [0x81, (byte)_random.Next(126)]),
        1 => new("a reserved bit", 1002, Frame(Text, Bytes(5), reserved: _random.Next(1, 8))),
        2 => new("a data opcode that there is not", 1002, Frame(_random.Next(3, 8), Bytes(5))),
        3 => new("a control opcode that there is not", 1002, Frame(_random.Next(11, 16), Bytes(5))),
        4 => new("a control in pieces", 1002, Frame(_random.Next(Close, Pong + 1), Bytes(5), isFinal: false)),
        5 => new("a control that is too long", 1002, Frame(_random.Next(Close, Pong + 1), Bytes(126))),
        6 => new("a negative length", 1002, [0x81, 0xFF, 0x80, .. Bytes(7), .. Bytes(4)]),
        7 => new("a continuation of nothing", 1002, Frame(0, Bytes(5))),
        8 => new("a message within a message", 1002, [.. Frame(Text, Bytes(5), isFinal: false), .. Frame(_random.Next(Text, Binary + 1), Bytes(5))]),
        9 => new("a binary message", 4000, Frame(Binary, Bytes(_random.Next(500)))),
        10 => TooLarge(),
        11 => new("text that is cut off", 4000, Frame(Text, CutOff())),
        // No character begins with these.
        12 => new("text that is no UTF-8", 1007, Frame(Text, [(byte)_random.Next(0x80, 0xC2), .. Bytes(_random.Next(200))])),
        _ => Bad(_random.GetItems(_noFrames, 1)[0]),
    };

    /// <summary>The beginning of a frame whose end will not come.</summary>
    public byte[] Beginning()
    {
        var frame = Frame(Text, Bytes(_random.Next(1, 2_000)));
        return frame[.._random.Next(1, frame.Length)];
    }

    /// <summary>A frame as a client sends it.</summary>
    public byte[] Frame(int opcode, ReadOnlySpan<byte> payload, bool isFinal = true, int reserved = 0)
    {
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(length, (ulong)payload.Length);
        Span<byte> mask = stackalloc byte[4];
        _random.NextBytes(mask);
        var first = (byte)((isFinal ? 0x80 : 0) | (reserved << 4) | opcode);
        byte[] frame = payload.Length switch
        {
            < 126 => [first, (byte)(0x80 | payload.Length), .. mask, .. payload],
            <= ushort.MaxValue => [first, 0x80 | 126, .. length[6..], .. mask, .. payload],
            _ => [first, 0x80 | 127, .. length, .. mask, .. payload],
        };
        for (var i = frame.Length - payload.Length; i < frame.Length; i++)
            frame[i] ^= mask[(i - (frame.Length - payload.Length)) % 4];
        return frame;
    }

    private Shot Of(string text) => new(text, null, Frame(Text, Encoding.UTF8.GetBytes(text)));

    private Shot Bad(string text) => new(text, 4000, Frame(Text, Encoding.UTF8.GetBytes(text)));

    private Shot TooLarge()
    {
        var bytes = _random.Next(3) switch
        {
            // Only its head: nothing waits for the rest.
            0 => Frame(Text, new byte[_random.Next(LargestMessage + 1, 4 * LargestMessage)])[..14],
            1 => Frame(Text, new byte[LargestMessage + _random.Next(1, 10)]),
            _ => [.. Frame(Text, new byte[LargestMessage - 10], isFinal: false), .. Frame(0, new byte[20], isFinal: _random.Next(2) == 0)],
        };
        return new Shot("a message that is too large", 4000, bytes);
    }

    private byte[] CutOff()
    {
        var whole = Encoding.UTF8.GetBytes("""{"op":"sub","id":1,"ch":["user","system"],"since":"k7:173"}""");
        return whole[.._random.Next(1, whole.Length)];
    }

    private byte[] Fragmented(string text)
    {
        var payload = Encoding.UTF8.GetBytes(text);
        var bytes = new List<byte>();
        for (var (at, first) = (0, true); at < payload.Length || first; first = false)
        {
            var count = Math.Min(_random.Next(12), payload.Length - at);
            bytes.AddRange(Frame(first ? Text : 0, payload.AsSpan(at, count), isFinal: false));
            if (_random.Next(3) == 0)
                bytes.AddRange(Frame(_random.Next(Ping, Pong + 1), Bytes(_random.Next(20))));
            at += count;
        }

        return [.. bytes, .. Frame(0, [])];
    }

    private byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        _random.NextBytes(bytes);
        return bytes;
    }
}
