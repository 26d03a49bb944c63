using System.Net;
using System.Net.WebSockets;
using System.Text.Json;
using Ingestion.Api.Auth;
using Ingestion.Api.RateLimits;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Ingestion.Tests.Unit.Auth;

/// <summary>The bearer scheme on a real server: where a token is read, and how refusals are answered.</summary>
public sealed class BearerTests : IAsyncLifetime, IDisposable
{
    private readonly ManualTime _time = new();
    private readonly LogLines _log = new();
    private WebApplication _app = null!;
    private HttpClient _http = null!;
    private TokenService _tokens = null!;

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        // The provider never answers: nothing listens on its port.
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["Ingestion:Token:Key"] = Convert.ToBase64String(Jwt.Key),
            ["Ingestion:Token:Authority"] = "http://127.0.0.1:9/" });
        builder.Logging.ClearProviders().AddProvider(_log);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0);
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
        });
        builder.Services.AddSingleton<TimeProvider>(_time);
        builder.Services.AddBearerTokens().AddRateLimits();
        _app = builder.Build();
        _app.UseWebSockets();
        _app.UseAuthentication();
        _app.UseAuthorization();
        foreach (var scope in (string[])[Scopes.Read, Scopes.Upload, Scopes.Watch])
            _app.Map($"/{scope}", AnswerAsync).RequireAuthorization(scope);
        _app.MapGroup("/both").RequireAuthorization(Scopes.Read).Map("", AnswerAsync).RequireAuthorization(Scopes.Upload);
        _app.Map("/itself", (HttpContext context) => context.ForbidAsync()).WithMetadata(new NeededScope(Scopes.Read));
        _app.Map("/bare", (HttpContext context) => context.ForbidAsync());
        await _app.StartAsync();
        _tokens = _app.Services.GetRequiredService<TokenService>();
        _http = new HttpClient { BaseAddress = new Uri(_app.Urls.First()) };
    }

    public async Task DisposeAsync() => await _app.DisposeAsync();

    public void Dispose()
    {
        _http.Dispose();
        _log.Dispose();
    }

    [Theory]
    [InlineData("Bearer {0}")]
    [InlineData("bearer {0}")]
    [InlineData("Bearer   {0}  ")]
    public async Task User_IsTaken_FromTheHeader(string header) =>
        Assert.Equal((200, "ann", null), await SendAsync("/read", ("Authorization", header.Replace("{0}", Token(), StringComparison.Ordinal))));

    [Fact]
    public async Task Token_IsNotTaken_FromTheQuery() =>
        Assert.Equal((401, "token_missing", "Bearer"), await SendAsync($"/read?access_token={Token()}&token={Token()}"));

    [Theory]
    [InlineData("Basic YW5uOmFubg==")]
    [InlineData("Bearer")]
    [InlineData("Bearer ")]
    [InlineData("Bearer nonsense")]
    [InlineData("Bearer x.y.z")]
    public async Task Request_IsRefused_WhenTheHeaderHoldsNoToken(string header) =>
        Assert.Equal((401, "token_invalid", "Bearer error=\"invalid_token\""), await SendAsync("/read", ("Authorization", header)));

    [Fact]
    public async Task Request_IsRefused_WhenTheHeaderIsThereTwice() =>
        Assert.Equal((401, "token_invalid", "Bearer error=\"invalid_token\""),
            await SendAsync("/read", ("Authorization", $"Bearer {Token()}"), ("Authorization", $"Bearer {Token()}")));

    [Fact]
    public async Task Challenge_ReportsExpired_WhenTheTokenWasValidBefore()
    {
        var token = Token();
        _time.Advance(TimeSpan.FromHours(2));
        Assert.Equal((401, "token_expired", "Bearer error=\"invalid_token\""), await SendAsync("/read", ("Authorization", $"Bearer {token}")));
    }

    [Theory]
    [InlineData("/upload", "upload")]
    [InlineData("/both", "read upload")]
    [InlineData("/watch", "read")]
    [InlineData("/itself", "read")]
    public async Task Forbidden_NamesTheScope_WhenTheTokenLacksIt(string path, string scope)
    {
        var token = _tokens.Mint("ann", ["other"], TimeSpan.FromHours(1));
        Assert.Equal((403, "scope_missing", $"Bearer error=\"insufficient_scope\", scope=\"{scope}\""),
            await SendAsync(path, ("Authorization", $"Bearer {token}")));
    }

    [Fact]
    public async Task Forbidden_NamesNoScope_WhenTheEndpointHasNone() =>
        Assert.Equal((403, "scope_missing", "Bearer error=\"insufficient_scope\""), await SendAsync("/bare", ("Authorization", $"Bearer {Token()}")));

    [Fact]
    public async Task Answer_IsUnavailable_WhenTheProvidersKeysAreNotKnown()
    {
        var token = Jwt.Raw("""{"alg":"RS256","kid":"x"}""", JsonSerializer.Serialize(Jwt.Payload(_time.GetUtcNow(), "iss", "https://id.example.org")));
        Assert.Equal((503, "unavailable", null), await SendAsync("/read", ("Authorization", $"Bearer {token}")));
        Assert.Single(_log.Lines, line => line.Contains("keys can't be read", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("POST")]
    [InlineData("DELETE")]
    public async Task Subprotocol_IsNoToken_OnAPlainRequest(string method) =>
        Assert.Equal((401, "token_missing", "Bearer"), await SendAsync(method, "/read", ("Sec-WebSocket-Protocol", $"ingestion.v1, {Offer(Token())}")));

    [Fact]
    public async Task Subprotocol_IsNoToken_WhenOnlyHalfOfAHandshakeIsThere() => Assert.Equal(
        (401, "token_missing", "Bearer"),
        await SendAsync("DELETE", "/read", ("Connection", "Upgrade"),
        ("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13"), ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ("Sec-WebSocket-Protocol", Offer(Token()))));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task User_IsTakenFromTheSubprotocol_OnAWebSocketRequest(int version)
    {
        using var socket = await ConnectAsync(version, Offer(Token()));
        var buffer = new byte[16];
        var read = await socket.ReceiveAsync(buffer, CancellationToken.None);
        Assert.Equal("ann"u8, buffer.AsSpan(0, read.Count));
    }

    [Theory]
    [InlineData("bearer.")]
    [InlineData("bearer.a")]
    [InlineData("bearer.YR")]
    [InlineData("bearer.%%%")]
    [InlineData("bearer.YS5iLmM")]
    public async Task WebSocket_IsRefused_WhenTheSubprotocolHoldsNoToken(string offered)
    {
        var refused = await Assert.ThrowsAsync<WebSocketException>(() => ConnectAsync(version: 1, offered));
        Assert.Contains("401", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NothingOfDataProtection_ComesAlong()
    {
        await SendAsync("/read", ("Authorization", $"Bearer {Token()}"));
        var type = Type.GetType(
            "Microsoft.AspNetCore.DataProtection.IDataProtectionProvider, Microsoft.AspNetCore.DataProtection.Abstractions", throwOnError: true);
        Assert.Null(_app.Services.GetService(type!));
        Assert.DoesNotContain(_log.Lines, line => line.Contains("DataProtection", StringComparison.Ordinal));
    }

    private string Token() => _tokens.Mint("ann", ["read"], TimeSpan.FromHours(1));

    private static string Offer(string token) => BearerEvents.SubprotocolPrefix + Jwt.Encode(token);

    private static async Task AnswerAsync(HttpContext context)
    {
        var user = context.User.UserId();
        if (!context.WebSockets.IsWebSocketRequest)
        {
            await context.Response.WriteAsync(user);
            return;
        }

        using var socket = await context.WebSockets.AcceptWebSocketAsync("ingestion.v1");
        await socket.SendAsync(System.Text.Encoding.UTF8.GetBytes(user), WebSocketMessageType.Text, endOfMessage: true, context.RequestAborted);
    }

    private async Task<ClientWebSocket> ConnectAsync(int version, string offered)
    {
        var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("ingestion.v1");
        socket.Options.AddSubProtocol(offered);
        socket.Options.HttpVersion = new Version(version, version == 1 ? 1 : 0);
        socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        var address = new UriBuilder(_app.Urls.ElementAt(version - 1)) { Scheme = "ws", Path = "/watch" }.Uri;
        try
        {
            // HTTP/2 needs an invoker of the caller's.
            await socket.ConnectAsync(address, version == 2 ? _http : null, CancellationToken.None);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private Task<(int Status, string Text, string? Header)> SendAsync(string path, params (string Name, string Value)[] headers) =>
        SendAsync("GET", path, headers);

    private async Task<(int Status, string Text, string? Header)> SendAsync(string method, string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(path, UriKind.Relative));
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        using var answer = await _http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        if (answer.Content.Headers.ContentType?.MediaType is "application/problem+json")
            text = JsonSerializer.Deserialize<JsonElement>(text).GetProperty("code").GetString()!;
        return ((int)answer.StatusCode, text, answer.Headers.TryGetValues("WWW-Authenticate", out var challenge) ? challenge.Single() : null);
    }
}
