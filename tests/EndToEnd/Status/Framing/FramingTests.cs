namespace Ingestion.Tests.EndToEnd.Status.Framing;

/// <summary>WebSocket frames by hand: the server answers as RFC 6455 requires.</summary>
[Collection(DefaultSilo.Name)]
public sealed class FramingTests(DefaultSilo shared)
{
    [Fact]
    public async Task HandshakeIsAnsweredWithTheKeysHash_AndOurSubprotocol()
    {
        using var http = new RawHttp(shared.Silo.Address);
        await ConnectAsync(http);
        var answer = await http.ReadAsync();
        Assert.Equal(101, answer.Status);
        // The example of the RFC.
        Assert.Equal("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", answer.Header("Sec-WebSocket-Accept"));
        Assert.Equal("ingestion.v1", answer.Header("Sec-WebSocket-Protocol"));
    }

    public static TheoryData<string, byte[], byte[]> Exchanges => new()
    {
        { "a ping is answered with its payload", [0x89, 0x82, 1, 2, 3, 4, (byte)'h' ^ 1, (byte)'i' ^ 2], [0x8A, 0x02, (byte)'h', (byte)'i'] },
        { "a frame that is not masked ends it", [0x81, 0x00], [0x88, 0x02, 0x03, 0xEA] },
        { "a reserved bit ends it", [0xC1, 0x80, 0, 0, 0, 0], [0x88, 0x02, 0x03, 0xEA] },
        { "binary ends it", [0x82, 0x80, 0, 0, 0, 0], [0x88, 0x02, 0x0F, 0xA0] },
        { "a close is answered", [0x88, 0x82, 0, 0, 0, 0, 0x03, 0xE8], [0x88, 0x02, 0x03, 0xE8] },
        { "text that is no UTF-8 ends it", [0x81, 0x81, 0, 0, 0, 0, 0xFF], [0x88, 0x02, 0x03, 0xEF] },
    };

    [Theory]
    [MemberData(nameof(Exchanges))]
    public async Task FrameIsAnswered_AsTheProtocolRequires(string what, byte[] sent, byte[] answer)
    {
        using var http = new RawHttp(shared.Silo.Address);
        await ConnectAsync(http);
        await http.ReadAsync();
        await http.SendAsync(sent);
        Assert.True(await http.ReceivesAsync(answer), what);
    }

    private async Task ConnectAsync(RawHttp http)
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        await http.SendHeadAsync(
            "GET /ws HTTP/1.1", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "Sec-WebSocket-Protocol: ingestion.v1", $"Authorization: Bearer {api.Token}");
    }
}
