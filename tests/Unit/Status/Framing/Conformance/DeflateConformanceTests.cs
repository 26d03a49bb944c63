using System.Text;
using Ingestion.Tests.Support.WebSockets;
using static Ingestion.Tests.Support.WebSockets.WireOpcode;

namespace Ingestion.Tests.Unit.Status.Framing.Conformance;

/// <summary>RFC 7692 clause by clause against the echo, which compresses all it sends.</summary>
public sealed class DeflateConformanceTests(EchoServer server) : IClassFixture<EchoServer>
{
    private const int Compressed = DeflateCases.Compressed;

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
        new("6.1", "a binary message", [.. WireFrame.Of(Binary, _hello, reserved: Compressed), .. _bye], "binary:Hello", "close:1000"),
        new("7.2.2", "a long text", Message(DeflateCases.Deflated(Encoding.ASCII.GetBytes(new string('a', 100_000)))), $"text:{new string('a', 100_000)}", "close:1000"),
        new("7.2.2", "a short message that is long when inflated", WireFrame.Of(Text, DeflateCases.Deflated(new byte[5 * 1024 * 1024]), reserved: Compressed), "close:1009"),
    ];

    public static TheoryData<string> Cases => [.. _cases.Concat(DeflateCases.All).Select(one => one.Name)];

    public static TheoryData<string, string?> Offers => DeflateOffers.All;

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task CompressedMessage_IsAnsweredByTheBook_When(string name)
    {
        var one = _cases.Concat(DeflateCases.All).Single(one => one.Name == name);
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
        Assert.Equal([DeflateOffers.Agreed], socket.Fields["sec-websocket-extensions"]);
    }

    private Task<WireSocket> OpenAsync(params string[] offers) => WireSocket.OpenAsync(
        server.Address, "GET /echo HTTP/1.1", [.. WireSocket.Upgrade, .. offers.Select(offer => $"Sec-WebSocket-Extensions: {offer}")]);

    /// <summary>A compressed text message, and the end.</summary>
    private static byte[] Message(ReadOnlySpan<byte> compressed) => [.. WireFrame.Of(Text, compressed, reserved: Compressed), .. _bye];

    private static string Describe(WireFrame frame)
    {
        if (!frame.IsDeflated)
            return "a message that is not compressed";
        var text = Encoding.UTF8.GetString(DeflateCases.Inflated(frame.Payload));
        return text.StartsWith("{\"op\":\"ping\"", StringComparison.Ordinal) ? "message" : $"{(frame.Opcode is Text ? "text" : "binary")}:{text}";
    }
}
