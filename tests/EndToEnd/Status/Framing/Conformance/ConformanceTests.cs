using Ingestion.Tests.Support.WebSockets;

namespace Ingestion.Tests.EndToEnd.Status.Framing.Conformance;

/// <summary>RFC 6455 clause by clause against <c>/ws</c>: the cases that the echo of the unit tests passes.</summary>
[Collection(DefaultSilo.Name)]
public sealed class ConformanceTests(DefaultSilo shared)
{
    public static TheoryData<string> Framing => [.. FramingCases.All.Select(one => one.Name)];

    public static TheoryData<string> Handshakes => [.. HandshakeCase.All.Select(one => one.Name)];

    [Theory]
    [MemberData(nameof(Framing))]
    public async Task FramesAreAnsweredByTheBook_When(string name)
    {
        var one = FramingCases.Of(name);
        using var socket = await WireSocket.OpenAsync(shared.Silo.Address, "GET /ws HTTP/1.1", [.. WireSocket.Upgrade, .. Own()]);
        Assert.Equal(101, socket.Status);
        // Its hello first: what comes behind a close is not answered.
        await socket.NextAsync();
        await socket.SendAsync(one.Sent);
        Assert.Equal(one.Answers, await socket.TranscriptAsync(Describe));
    }

    [Theory]
    [MemberData(nameof(Handshakes))]
    public async Task HandshakeIsAnsweredByTheBook_When(string name)
    {
        var one = HandshakeCase.All.Single(one => one.Name == name);
        using var socket = await WireSocket.OpenAsync(shared.Silo.Address, $"GET /ws {one.Protocol}", [.. one.Fields, .. Own()]);
        Assert.Equal(one.Status, socket.Status);
        foreach (var field in one.Wanted)
            Assert.Contains(field.Split(": ", 2)[1], socket.Fields[field.Split(':')[0]]);
        Assert.Equal(one.Status == 101 ? [StatusClient.Subprotocol] : [], socket.Fields["sec-websocket-protocol"]);
        if (one.Status == 101)
            Assert.Equal("hello", Op(await socket.NextAsync()));
    }

    [Fact]
    public async Task MethodIsRefused_WhenItIsNotGet()
    {
        using var socket = await WireSocket.OpenAsync(shared.Silo.Address, "POST /ws HTTP/1.1", [.. WireSocket.Upgrade, .. Own(), "Content-Length: 0"]);
        Assert.Equal(405, socket.Status);
        Assert.Equal(["CONNECT, GET"], socket.Fields["allow"].Select(allow => string.Join(", ", allow.Split(", ").Order())));
    }

    /// <summary>RFC 7692, 5: a server that compresses nothing, as the silo comes, declines by leaving the field out.</summary>
    [Theory]
    [InlineData("permessage-deflate")]
    [InlineData("permessage-deflate; client_max_window_bits")]
    [InlineData("permessage-deflate; server_max_window_bits=15, permessage-deflate; server_no_context_takeover, x-webkit-deflate-frame")]
    public async Task CompressionIsDeclined_WhenItIsOff(string offer)
    {
        using var socket = await WireSocket.OpenAsync(
            shared.Silo.Address, "GET /ws HTTP/1.1", [.. WireSocket.Upgrade, .. Own(), $"Sec-WebSocket-Extensions: {offer}"]);
        Assert.Equal(101, socket.Status);
        Assert.Empty(socket.Fields["sec-websocket-extensions"]);
        await socket.NextAsync();
        await socket.SendAsync(DeflateCases.Whole(DeflateCases.Deflated(WireCase.Message)));
        Assert.Equal(["close:1002"], await socket.TranscriptAsync(Describe));
    }

    /// <summary>The answer to a message; what the server says by itself is not of interest.</summary>
    private static string? Describe(WireFrame frame) => Op(frame) switch
    {
        "pong" => "message",
        "ping" or "bye" => null,
        var op => op,
    };

    private static string? Op(WireFrame? frame) => JsonSerializer.Deserialize<JsonElement>(frame!.Payload).GetProperty("op").GetString();

    private string[] Own() =>
        [$"Sec-WebSocket-Protocol: {StatusClient.Subprotocol}", $"Authorization: Bearer {shared.Silo.Token(SiloFixture.NewUser())}"];
}
