using System.Globalization;
using Ingestion.Tests.EndToEnd.Webhooks;

namespace Ingestion.Tests.EndToEnd.Status.Framing;

/// <summary>Refusals of sockets whose token came as a subprotocol: a page sees nothing of a refused handshake, so the socket opens and closes with the reason.</summary>
[Collection(DefaultSilo.Name)]
public sealed class BrowserRefusalTests(DefaultSilo shared)
{
    private const string Protocol = "Sec-WebSocket-Protocol: ingestion.v1";

    private static readonly string[] _upgrade = ["Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="];

    [Theory]
    [InlineData("no token", 4001)]
    [InlineData("not signed by us", 4001)]
    [InlineData("not base64", 4001)]
    [InlineData("empty", 4001)]
    [InlineData("expired", 4202)]
    [InlineData("without the scope", 4003)]
    [InlineData("a share without its record", 4006)]
    public async Task SocketIsClosedWithTheReason_WhenTheTokenIs(string kind, int code)
    {
        await using var socket = await OpenAsync(shared.Silo, kind switch
        {
            "no token" => "a.b.c",
            "not signed by us" => HandMadeToken.Unsigned(new TokenClaims("ann", ["read"])),
            "empty" => "",
            "expired" => Sign(new TokenClaims("ann", ["read"]) { Expires = TimeProvider.System.GetUtcNow().AddMinutes(-1) }),
            "without the scope" => shared.Silo.Token(SiloFixture.NewUser(), "upload"),
            "a share without its record" => Sign(new TokenClaims("ann", ["share"]) { Video = Guid.CreateVersion7().ToString("N"), Id = "gone" }),
            _ => null,
        });
        Assert.Equal(StatusClient.Subprotocol, socket.NegotiatedSubprotocol);
        var bye = await socket.IsClosedAsync(code);
        Assert.False(bye.Json.TryGetProperty("retry_ms", out _));
    }

    [Fact]
    public async Task SocketIsClosedWith4006_WhenTheTokenIsDenied()
    {
        var user = SiloFixture.NewUser();
        var token = Sign(new TokenClaims(user, ["read"]) { Id = user });
        using var admin = shared.Silo.As("operator", "admin");
        var denial = JsonSerializer.Serialize(new { jti = user, expires_at = TimeProvider.System.GetUtcNow().AddHours(1) });
        (await admin.PostJsonAsync("/api/admin/denials", denial)).Is(201);
        await using var socket = await OpenAsync(shared.Silo, token);
        await socket.IsClosedAsync(4006);
    }

    [Fact]
    public async Task SocketIsClosedWith4001_WhenAPageForgetsItsToken()
    {
        await using var socket = await StatusClient.ConnectAsync(shared.Silo.Address, options =>
        {
            options.AddSubProtocol(StatusClient.Subprotocol);
            options.SetRequestHeader("Origin", "https://videos.example.org");
        });
        await socket.IsClosedAsync(4001);
    }

    /// <summary>Clients that are no browsers read the answer.</summary>
    [Fact]
    public async Task AnswerIsADocument_WhenTheTokenIsInTheHeaderOrTheClientIsNoBrowser()
    {
        (await UpgradeAsync(Protocol)).IsProblem(401, "token_missing");
        (await UpgradeAsync(Protocol, "Authorization: Bearer a.b.c", "Origin: https://videos.example.org")).IsProblem(401, "token_invalid");
        // Without a subprotocol of ours there is no socket that could be closed.
        (await UpgradeAsync("Sec-WebSocket-Protocol: chat, bearer.YS5iLmM")).IsProblem(401, "token_invalid");
        (await UpgradeAsync("Sec-WebSocket-Protocol: bearer.YS5iLmM")).IsProblem(401, "token_invalid");
        (await RawHttp.RequestAsync(shared.Silo.Address, "GET", "/api/videos", [.. _upgrade, Protocol + ", bearer.YS5iLmM"])).IsProblem(401, "token_invalid");
        // A handshake that is none can't be accepted, whatever its token is.
        var old = await RawHttp.RequestAsync(shared.Silo.Address, "GET", "/ws",
            [.. _upgrade.Where(field => !field.Contains("Version", StringComparison.Ordinal)), "Sec-WebSocket-Version: 8", Protocol + ", bearer.YS5iLmM"]);
        old.IsProblem(401, "token_invalid");
        // Of a good token the version is looked at.
        old = await RawHttp.RequestAsync(shared.Silo.Address, "GET", "/ws",
            [.. _upgrade.Where(field => !field.Contains("Version", StringComparison.Ordinal)), "Sec-WebSocket-Version: 8",
            $"{Protocol}, bearer.{HandMadeToken.Encode(shared.Silo.Token(SiloFixture.NewUser()))}"]);
        old.IsProblem(426, "websocket_version_unsupported");
        Assert.Equal("13", old.Header("Sec-WebSocket-Version"));
    }

    [Fact]
    public async Task SocketIsClosedWithATimeToRetry_WhenTooManyComeAtOnce()
    {
        await using var silo = await SiloProcess.StartAsync(null, ("Sockets__AcceptsPerSecond", "1"));
        var token = silo.Token("ann");
        var sockets = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => OpenAsync(silo, token)));
        try
        {
            await Eventually.TrueAsync(() => sockets.Any(socket => socket.CloseCode is not null), "one is sent away");
            var bye = await sockets.First(socket => socket.CloseCode is not null).IsClosedAsync(4106);
            Assert.InRange(bye.Number("retry_ms"), 1_000, 6_000);
        }
        finally
        {
            foreach (var socket in sockets)
                await socket.DisposeAsync();
        }
    }

    /// <summary>As failures of other requests are: an address that repeats them gets what costs least.</summary>
    [Fact]
    public async Task AddressIsLimited_WhenItRepeatsABadToken()
    {
        const int MoreThanTheBurst = 40;
        await using var silo = await SiloProcess.StartAsync(null, ("RateLimits__RefusalsPerSecondPerAddress", "0.2"));
        var statuses = new List<int>();
        while (statuses.Count < MoreThanTheBurst && statuses.LastOrDefault() != 429)
        {
            var answer = await RawHttp.RequestAsync(silo.Address, "GET", "/ws", [.. _upgrade, Protocol + ", bearer.YS5iLmM"]);
            statuses.Add(answer.Status);
        }

        Assert.Equal(429, statuses[^1]);
        Assert.All(statuses.SkipLast(1), status => Assert.Equal(101, status));
        // A good one comes in.
        await using var good = await OpenAsync(silo, silo.Token("ann"));
        await good.NextAsync("hello");
    }

    /// <summary>Null: the subprotocol of a token that is no base64.</summary>
    private static Task<StatusClient> OpenAsync(SiloProcess silo, string? token) => StatusClient.ConnectAsync(silo.Address, options =>
    {
        options.AddSubProtocol(StatusClient.Subprotocol);
        options.AddSubProtocol(string.Create(CultureInfo.InvariantCulture, $"bearer.{(token is null ? "*not-base64*" : HandMadeToken.Encode(token))}"));
    });

    private string Sign(TokenClaims claims) => HandMadeToken.Sign(shared.Silo.Data, claims);

    private Task<Answer> UpgradeAsync(params string[] headers) => RawHttp.RequestAsync(shared.Silo.Address, "GET", "/ws", [.. _upgrade, .. headers]);
}
