using System.Text;
using Ingestion.Tests.EndToEnd.Uploads.Tus;
using Ingestion.Tests.Support.WebSockets;
using static Ingestion.Tests.Support.WebSockets.WireOpcode;

namespace Ingestion.Tests.EndToEnd.Status.Framing.Conformance;

/// <summary>RFC 7692 clause by clause against <c>/ws</c> of a silo that compresses: the cases that the echo of the unit tests passes, and what is only here.</summary>
public sealed class DeflateTests(JsClientTests.DeflatingSilo shared) : IClassFixture<JsClientTests.DeflatingSilo>
{
    // docs/use/status.md: the longest message, and the longest that is not worth compressing.
    private const int Longest = 65_536;
    private const int LeastCompressed = 1024;

    private static readonly WireCase[] _own =
    [
        new("7.2.3.6", "an empty message", DeflateCases.Whole([0]), "close:4000"),
        new("6", "a message of no bytes at all", DeflateCases.Whole([]), "close:4000"),
        new("6.2", "a message that is as long as may be when inflated",
            [.. DeflateCases.Whole(DeflateCases.Deflated(Padded(Longest))), .. WireFrame.Close(1000)], "message", "close:1000"),
        new("6.2", "a message that is one byte longer when inflated", DeflateCases.Whole(DeflateCases.Deflated(Padded(Longest + 1))), "close:4000"),
        new("6.2", "a short message that has 5 MiB when inflated", DeflateCases.Whole(DeflateCases.Deflated(Padded(5 * 1024 * 1024))), "close:4000"),
        new("6.2", "a compressed message that is too long as it came", DeflateCases.Whole(new byte[Longest + 1]), "close:4000"),
        new("6.1", "a binary message", WireFrame.Of(Binary, DeflateCases.Deflated(WireCase.Message), reserved: DeflateCases.Compressed), "close:4000"),
        new("6.2", "a compressed subscription",
            [.. DeflateCases.Whole(DeflateCases.Deflated("""{"op":"sub","id":1,"ch":["user"]}"""u8)), .. DeflateCases.Whole(DeflateCases.Deflated(WireCase.Message)),
            .. WireFrame.Close(1000)],
            "subd", "snap", "message", "close:1000"),
    ];

    public static TheoryData<string> Cases => [.. _own.Concat(DeflateCases.All).Select(one => one.Name)];

    public static TheoryData<string, string?> Offers => DeflateOffers.All;

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task CompressedMessageIsAnsweredByTheBook_When(string name)
    {
        var one = _own.Concat(DeflateCases.All).Single(one => one.Name == name);
        using var socket = await OpenAsync(SiloFixture.NewUser(), "permessage-deflate; client_max_window_bits");
        // Its hello first: what comes behind a close is not answered.
        await socket.NextAsync();
        await socket.SendAsync(one.Sent);
        Assert.Equal(one.Answers, await socket.TranscriptAsync(Describe));
    }

    [Theory]
    [MemberData(nameof(Offers))]
    public async Task OfferIsTakenOrDeclinedByTheBook_When(string offer, string? answer)
    {
        using var socket = await OpenAsync(SiloFixture.NewUser(), offer);
        Assert.Equal(101, socket.Status);
        Assert.Equal(answer is null ? [] : [answer], socket.Fields["sec-websocket-extensions"]);
        await socket.NextAsync();
        // What was not agreed on must not be used.
        byte[] compressed = [.. DeflateCases.Whole(DeflateCases.Deflated(WireCase.Message)), .. WireFrame.Close(1000)];
        await socket.SendAsync(compressed);
        Assert.Equal(answer is null ? ["close:1002"] : ["message", "close:1000"], await socket.TranscriptAsync(Describe));
    }

    /// <summary>7.1.1.1: the server has agreed to keep no context; small messages go as they are (6.1).</summary>
    [Fact]
    public async Task EachLargeMessageIsCompressedForItself_AndSmallOnesAreNot()
    {
        const int Uploads = 5;
        var user = SiloFixture.NewUser();
        using var api = shared.Silo.As(user);
        for (var i = 0; i < Uploads; i++)
            await new TusClient(api).CreateAsync(10);
        using var socket = await OpenAsync(user, "permessage-deflate");
        var frames = new List<WireFrame>();
        for (var i = 0; i < 2; i++)
        {
            await socket.SendAsync(DeflateCases.Whole(DeflateCases.Deflated("""{"op":"sub","id":1,"ch":["user"]}"""u8)));
            while (frames.Count(frame => OpOf(frame) == "snap") <= i)
                frames.Add((await socket.NextAsync())!);
        }

        Assert.All(frames, frame => Assert.Equal(PayloadOf(frame).Length > LeastCompressed, frame.IsDeflated));
        var (one, other) = (frames.First(frame => OpOf(frame) == "snap"), frames.Last(frame => OpOf(frame) == "snap"));
        Assert.True(one.IsDeflated && other.IsDeflated && one.Payload.Length < PayloadOf(one).Length);
        Assert.Equal(PayloadOf(one), PayloadOf(other));
        Assert.Equal(one.Payload, other.Payload);
    }

    private static byte[] Padded(int length) => Encoding.ASCII.GetBytes(Encoding.ASCII.GetString(WireCase.Message).PadRight(length));

    private static string? Describe(WireFrame frame) => OpOf(frame) switch
    {
        "pong" => "message",
        "ping" or "bye" => null,
        var op => op,
    };

    private static string? OpOf(WireFrame frame) => JsonSerializer.Deserialize<JsonElement>(PayloadOf(frame)).GetProperty("op").GetString();

    private static byte[] PayloadOf(WireFrame frame) => frame.IsDeflated ? DeflateCases.Inflated(frame.Payload) : frame.Payload;

    private Task<WireSocket> OpenAsync(string user, string offer) => WireSocket.OpenAsync(shared.Silo.Address, "GET /ws HTTP/1.1",
    [
        .. WireSocket.Upgrade, $"Sec-WebSocket-Protocol: {StatusClient.Subprotocol}", $"Authorization: Bearer {shared.Silo.Token(user)}",
        $"Sec-WebSocket-Extensions: {offer}",
    ]);
}
