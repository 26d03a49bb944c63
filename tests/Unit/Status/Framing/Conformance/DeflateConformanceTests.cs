using System.IO.Compression;
using System.Text;
using Ingestion.Tests.Support.WebSockets;
using static Ingestion.Tests.Support.WebSockets.WireOpcode;

namespace Ingestion.Tests.Unit.Status.Framing.Conformance;

/// <summary>RFC 7692 clause by clause against the echo, which compresses all it sends.</summary>
public sealed class DeflateConformanceTests(EchoServer server) : IClassFixture<EchoServer>
{
    private const int Compressed = 4;
    private const string Agreed = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

    private static readonly byte[] _bye = WireFrame.Close(1000);
    private static readonly byte[] _hello = Convert.FromHexString("f248cdc9c90700");

    private static readonly WireCase[] _cases =
    [
        new("7.2.3.1", "the example of one block", Message(_hello), "text:Hello", "close:1000"),
        new("7.2.3.1", "the example in two frames",
            [.. WireFrame.Of(Text, _hello.AsSpan(0, 3), final: false, reserved: Compressed), .. WireFrame.Of(Continuation, _hello.AsSpan(3)), .. _bye],
            "text:Hello", "close:1000"),
        new("7.2.3.2", "the same message twice, without a context", [.. WireFrame.Of(Text, _hello, reserved: Compressed), .. Message(_hello)],
            "text:Hello", "text:Hello", "close:1000"),
        new("7.2.3.3", "a block without compression", Message(Convert.FromHexString("000500faff48656c6c6f00")), "text:Hello", "close:1000"),
        new("7.2.3.4", "a block that is marked as the last", Message(Convert.FromHexString("f348cdc9c9070000")), "text:Hello", "close:1000"),
        new("7.2.3.5", "two blocks", Message(Convert.FromHexString("f248050000 00ffffcac9c90700".Replace(" ", "", StringComparison.Ordinal))),
            "text:Hello", "close:1000"),
        new("7.2.3.6", "an empty message", Message([0]), "text:", "close:1000"),
        new("6", "a message of no bytes at all", Message([]), "text:", "close:1000"),
        new("6", "a message that is not compressed", [.. WireFrame.Of(Text, "Hello"u8), .. _bye], "text:Hello", "close:1000"),
        new("6", "a compressed one, a plain one and a compressed one",
            [.. WireFrame.Of(Text, _hello, reserved: Compressed), .. WireFrame.Of(Text, "Hi"u8), .. Message(_hello)],
            "text:Hello", "text:Hi", "text:Hello", "close:1000"),
        new("6.1", "a ping between the frames of a compressed message",
            [.. WireFrame.Of(Text, _hello.AsSpan(0, 3), final: false, reserved: Compressed), .. WireFrame.Of(Ping, [7]),
            .. WireFrame.Of(Continuation, _hello.AsSpan(3)), .. _bye], "pong:07", "text:Hello", "close:1000"),
        new("6.1", "a compressed message in a frame for each byte", [.. InBytes(_hello), .. _bye], "text:Hello", "close:1000"),
        new("6.1", "a binary message", [.. WireFrame.Of(Binary, _hello, reserved: Compressed), .. _bye], "binary:Hello", "close:1000"),
        new("6.1", "a continuation with the bit of compression",
            [.. WireFrame.Of(Text, _hello.AsSpan(0, 3), final: false, reserved: Compressed), .. WireFrame.Of(Continuation, _hello.AsSpan(3), reserved: Compressed)],
            "close:1002"),
        new("6.1", "a continuation with the bit, of a message without it",
            [.. WireFrame.Of(Text, "Hel"u8, final: false), .. WireFrame.Of(Continuation, "lo"u8, reserved: Compressed)], "close:1002"),
        new("6.1", "a ping with the bit of compression", WireFrame.Of(Ping, [], reserved: Compressed), "close:1002"),
        new("6.1", "a close with the bit of compression", WireFrame.Of(Close, [3, 0xE8], reserved: Compressed), "close:1002"),
        new("6.1", "another reserved bit", WireFrame.Of(Text, _hello, reserved: 6), "close:1002"),
        new("7.2.2", "bytes that are no DEFLATE", WireFrame.Of(Text, [0xFF, 0xFF, 0xFF, 0xFF], reserved: Compressed), "close:1002"),
        new("7.2.2", "a text that is no UTF-8", Message(Deflated([0xC0, 0xAF])), "close:1007"),
        new("7.2.2", "a text that is cut off within a character", Message(Deflated([0xE2, 0x82])), "close:1007"),
        new("7.2.2", "a long text", Message(Deflated(Encoding.ASCII.GetBytes(new string('a', 100_000)))), $"text:{new string('a', 100_000)}", "close:1000"),
        new("7.2.2", "a short message that is long when inflated", WireFrame.Of(Text, Deflated(new byte[5 * 1024 * 1024]), reserved: Compressed), "close:1009"),
    ];

    public static TheoryData<string> Cases => [.. _cases.Select(one => one.Name)];

    public static TheoryData<string, string?> Offers => new()
    {
        { "permessage-deflate", Agreed },
        { "PerMessage-Deflate", Agreed },
        { "  permessage-deflate  ", Agreed },
        { "permessage-deflate; client_max_window_bits", Agreed },
        { "permessage-deflate;client_max_window_bits=8", Agreed },
        { "permessage-deflate; client_max_window_bits=15", Agreed },
        { "permessage-deflate; client_max_window_bits=\"10\"", Agreed },
        { "permessage-deflate; client_max_window_bits=\"1\\0\"", Agreed },
        { "permessage-deflate ; client_max_window_bits = 10", Agreed },
        { "permessage-deflate; server_no_context_takeover", Agreed },
        { "permessage-deflate; client_no_context_takeover", Agreed },
        { "permessage-deflate; client_no_context_takeover; server_no_context_takeover; client_max_window_bits", Agreed },
        { "permessage-deflate; server_max_window_bits=15", Agreed + "; server_max_window_bits=15" },
        { "permessage-deflate; server_max_window_bits=\"15\"; client_max_window_bits", Agreed + "; server_max_window_bits=15" },
        { "permessage-deflate; server_max_window_bits=10, permessage-deflate", Agreed },
        { "permessage-deflate; what, foo, permessage-deflate", Agreed },
        { "x-webkit-deflate-frame, permessage-deflate", Agreed },
        { "permessage-deflate; server_max_window_bits=10", null },
        { "permessage-deflate; server_max_window_bits=8", null },
        { "permessage-deflate; server_max_window_bits", null },
        { "permessage-deflate; server_max_window_bits=7", null },
        { "permessage-deflate; server_max_window_bits=16", null },
        { "permessage-deflate; server_max_window_bits=015", null },
        { "permessage-deflate; client_max_window_bits=7", null },
        { "permessage-deflate; client_max_window_bits=16", null },
        { "permessage-deflate; client_max_window_bits=08", null },
        { "permessage-deflate; client_max_window_bits=+9", null },
        { "permessage-deflate; client_max_window_bits=1.5", null },
        { "permessage-deflate; client_max_window_bits; client_max_window_bits", null },
        { "permessage-deflate; client_max_window_bits=10; client_max_window_bits=11", null },
        { "permessage-deflate; server_no_context_takeover; server_no_context_takeover", null },
        { "permessage-deflate; server_no_context_takeover=true", null },
        { "permessage-deflate; client_no_context_takeover=\"1\"", null },
        { "permessage-deflate; what", null },
        { "permessage-deflate-2", null },
        { "x-webkit-deflate-frame", null },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task CompressedMessage_IsAnsweredByTheBook_When(string name)
    {
        var one = _cases.Single(one => one.Name == name);
        using var socket = await OpenAsync("permessage-deflate; client_max_window_bits");
        await socket.SendAsync(one.Sent);
        Assert.Equal(one.Answers, await socket.TranscriptAsync(Describe));
    }

    /// <summary>7.1: an offer whose parameters are unknown, doubled or out of range is declined, and the next one is looked at.</summary>
    [Theory]
    [MemberData(nameof(Offers))]
    public async Task Offer_IsTakenOrDeclinedByTheBook_When(string offer, string? answer)
    {
        using var socket = await OpenAsync(offer);
        Assert.Equal(101, socket.Status);
        Assert.Equal(answer is null ? [] : [answer], socket.Fields["sec-websocket-extensions"]);
        // What was not agreed on must not be used.
        await socket.SendAsync(Message(_hello));
        Assert.Equal(answer is null ? ["close:1002"] : ["text:Hello", "close:1000"], await socket.TranscriptAsync(Describe));
    }

    [Fact]
    public async Task Offers_AreOneList_WhenTheyComeInTwoFields()
    {
        using var socket = await OpenAsync("foo; a=b", "permessage-deflate");
        Assert.Equal([Agreed], socket.Fields["sec-websocket-extensions"]);
    }

    private Task<WireSocket> OpenAsync(params string[] offers) => WireSocket.OpenAsync(
        server.Address, "GET /echo HTTP/1.1", [.. WireSocket.Upgrade, .. offers.Select(offer => $"Sec-WebSocket-Extensions: {offer}")]);

    /// <summary>A compressed text message, and the end.</summary>
    private static byte[] Message(ReadOnlySpan<byte> compressed) => [.. WireFrame.Of(Text, compressed, reserved: Compressed), .. _bye];

    private static byte[] InBytes(byte[] compressed)
    {
        var bytes = FramingCases.Pieces(compressed, 1);
        bytes[0] |= Compressed << 4;
        return bytes;
    }

    /// <summary>By the framework alone, not by what is tested.</summary>
    private static byte[] Deflated(byte[] payload)
    {
        using var compressed = new MemoryStream();
        using var deflate = new DeflateStream(compressed, CompressionLevel.Optimal);
        deflate.Write(payload);
        deflate.Flush();
        return compressed.ToArray()[..^4];
    }

    private static string Describe(WireFrame frame)
    {
        if (!frame.IsDeflated)
            return "a message that is not compressed";
        using var deflate = new DeflateStream(new MemoryStream([.. frame.Payload, 0, 0, 0xFF, 0xFF]), CompressionMode.Decompress);
        using var reader = new StreamReader(deflate, Encoding.UTF8);
        return $"{(frame.Opcode is Text ? "text" : "binary")}:{reader.ReadToEnd()}";
    }
}
