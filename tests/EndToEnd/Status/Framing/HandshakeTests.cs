using System.Globalization;

namespace Ingestion.Tests.EndToEnd.Status.Framing;

/// <summary>How a socket begins.</summary>
[Collection(DefaultSilo.Name)]
public sealed class HandshakeTests(DefaultSilo shared)
{
    private static readonly string[] _upgrade = ["Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="];

    [Fact]
    public async Task HelloHasTheRules_WhenASocketConnects()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        await using var socket = await StatusClient.ConnectAsync(api);
        var hello = await socket.NextAsync("hello");

        Assert.StartsWith("s_", hello.Text("sid"), StringComparison.Ordinal);
        Assert.Equal(25_000, hello.Number("ping"));
        Assert.Equal(120, hello.Number("window"));
        Assert.Equal(65_536, hello.Number("max"));
        Assert.Equal(HandMadeToken.Read(api.Token!).GetProperty("exp").GetInt64(), hello.Number("exp"));
        Assert.Equal(StatusClient.Subprotocol, socket.NegotiatedSubprotocol);
    }

    [Fact]
    public async Task TokenIsTakenAndNotEchoed_WhenABrowserOffersItAsSubprotocol()
    {
        var token = HandMadeToken.Encode(shared.Silo.Token(SiloFixture.NewUser()));
        await using var socket = await StatusClient.ConnectAsync(shared.Silo.Address, options =>
        {
            options.AddSubProtocol(StatusClient.Subprotocol);
            options.AddSubProtocol($"bearer.{token}");
        });
        await socket.NextAsync("hello");
        Assert.Equal(StatusClient.Subprotocol, socket.NegotiatedSubprotocol);
        Assert.DoesNotContain(token, shared.Silo.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task IsRefused_WhenTheSubprotocolIsNotOffered()
    {
        (await UpgradeAsync(Bearer())).IsProblem(400, "subprotocol_unsupported");
        (await UpgradeAsync(Bearer(), "Sec-WebSocket-Protocol: chat, soap")).IsProblem(400, "subprotocol_unsupported");
    }

    [Fact]
    public async Task IsClosedWith4004_WhenOnlyAnotherVersionIsOffered()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        await using var socket = await StatusClient.ConnectAsync(shared.Silo.Address, options =>
        {
            options.AddSubProtocol("ingestion.v9");
            options.SetRequestHeader("Authorization", $"Bearer {api.Token}");
        });
        Assert.Equal("ingestion.v9", socket.NegotiatedSubprotocol);
        await socket.IsClosedAsync(4004);
    }

    [Fact]
    public async Task IsRefused_WhenTheTokenIsMissingWrongOrLacksTheScope()
    {
        const string Protocol = "Sec-WebSocket-Protocol: ingestion.v1";
        (await UpgradeAsync(Protocol)).IsProblem(401, "token_missing");
        (await UpgradeAsync(Protocol, Bearer("upload"))).IsProblem(403, "scope_missing");
        var expired = new TokenClaims("late", ["read"]) { Expires = TimeProvider.System.GetUtcNow().AddMinutes(-1) };
        (await UpgradeAsync(Protocol, $"Authorization: Bearer {HandMadeToken.Sign(shared.Silo.Data, expired)}")).IsProblem(401, "token_expired");
    }

    [Fact]
    public async Task TokenInTheQueryIsNone_WhenAClientPutsItThere() =>
        (await RawHttp.RequestAsync(shared.Silo.Address, "GET", $"/ws?access_token={shared.Silo.Token("query")}&token={shared.Silo.Token("query")}",
            [.. _upgrade, "Sec-WebSocket-Protocol: ingestion.v1"]))
        .IsProblem(401, "token_missing");

    [Fact]
    public async Task UpgradeIsRequired_WhenItIsAPlainGet()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        (await api.GetAsync("/ws")).IsProblem(426, "websocket_expected");
    }

    [Fact]
    public async Task CloseIsAnswered_WhenTheClientCloses()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        await using var socket = await StatusClient.SubscribedAsync(api);
        await socket.CloseAsync();
        Assert.Equal(1000, socket.CloseCode);
    }

    [Fact]
    public async Task PingIsAnsweredWithItsTime_WhenTheClientPings()
    {
        using var api = shared.Silo.As(SiloFixture.NewUser());
        await using var socket = await StatusClient.SubscribedAsync(api);
        var time = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        await socket.SendAsync(string.Create(CultureInfo.InvariantCulture, $$"""{"op":"ping","ts":{{time}},"unknown_field":true}"""));
        Assert.Equal(time, (await socket.NextAsync("pong")).Number("ts"));
    }

    private string Bearer(string scope = "read") => $"Authorization: Bearer {shared.Silo.Token(SiloFixture.NewUser(), scope)}";

    private Task<Answer> UpgradeAsync(params string[] headers) => RawHttp.RequestAsync(shared.Silo.Address, "GET", "/ws", [.. _upgrade, .. headers]);
}
