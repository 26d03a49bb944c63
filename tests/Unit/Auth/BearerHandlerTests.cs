using System.Net.WebSockets;
using System.Text.Encodings.Web;
using System.Text.Json;
using Ingestion.Api.Auth;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Ingestion.Tests.Unit.Auth;

public class BearerHandlerTests
{
    private readonly ManualTime _time = new();
    private readonly TokenService _tokens;
    private readonly DefaultHttpContext _context = new() { Response = { Body = new MemoryStream() } };

    public BearerHandlerTests() => _tokens = new TokenService(new TokenOptions(), Jwt.Key, _time);

    [Theory]
    [InlineData("Bearer {0}")]
    [InlineData("bearer {0}")]
    [InlineData("Bearer   {0}  ")]
    public async Task User_IsTaken_FromTheHeader(string header)
    {
        _context.Request.Headers.Authorization = header.Replace("{0}", Token(), StringComparison.Ordinal);
        Assert.Equal("ann", (await AuthenticateAsync()).Principal!.UserId());
    }

    [Fact]
    public async Task User_IsTaken_FromTheOfferedSubprotocol()
    {
        Offer("ingestion.v1", BearerHandler.SubprotocolPrefix + Jwt.Encode(Token()));
        Assert.Equal("ann", (await AuthenticateAsync()).Principal!.UserId());
    }

    [Fact]
    public async Task Token_IsNotTaken_FromTheQuery()
    {
        _context.Request.QueryString = new QueryString($"?access_token={Token()}&token={Token()}");
        Assert.True((await AuthenticateAsync()).None);
    }

    [Theory]
    [InlineData("Basic YW5uOmFubg==")]
    [InlineData("Bearer")]
    [InlineData("Bearer ")]
    [InlineData("Bearer nonsense")]
    public async Task Request_IsRefused_WhenTheHeaderHoldsNoToken(string header)
    {
        _context.Request.Headers.Authorization = header;
        Assert.NotNull((await AuthenticateAsync()).Failure);
    }

    [Theory]
    [InlineData("bearer.")]
    [InlineData("bearer.%%%")]
    [InlineData("bearer.a")]
    public async Task Request_IsRefused_WhenTheSubprotocolHoldsNoToken(string offered)
    {
        Offer("ingestion.v1", offered);
        Assert.NotNull((await AuthenticateAsync()).Failure);
    }

    [Fact]
    public async Task Challenge_SaysMissing_WhenThereWasNoToken() => Assert.Equal((401, "token_missing", "Bearer"), await ChallengeAsync());

    [Fact]
    public async Task Challenge_SaysInvalid_WhenTheTokenIsWrong()
    {
        _context.Request.Headers.Authorization = "Bearer x.y.z";
        Assert.Equal((401, "token_invalid", "Bearer error=\"invalid_token\""), await ChallengeAsync());
    }

    [Fact]
    public async Task Challenge_SaysExpired_WhenTheTokenWasGoodBefore()
    {
        _context.Request.Headers.Authorization = "Bearer " + Token();
        _time.Advance(TimeSpan.FromHours(2));
        Assert.Equal((401, "token_expired", "Bearer error=\"invalid_token\""), await ChallengeAsync());
    }

    [Fact]
    public async Task Forbidden_SaysThatAScopeIsMissing_WhenTheUserIsKnown()
    {
        await (await HandlerAsync()).ForbidAsync(properties: null);
        Assert.Equal((403, "scope_missing", "Bearer error=\"insufficient_scope\""), Answer());
    }

    private string Token() => _tokens.Mint("ann", ["read"], TimeSpan.FromHours(1));

    private void Offer(params string[] protocols) => _context.Features.Set<IHttpWebSocketFeature>(new Offering(_context, protocols));

    private async Task<AuthenticateResult> AuthenticateAsync() => await (await HandlerAsync()).AuthenticateAsync();

    private async Task<(int Status, string? Code, string Header)> ChallengeAsync()
    {
        var handler = await HandlerAsync();
        await handler.AuthenticateAsync();
        await handler.ChallengeAsync(properties: null);
        return Answer();
    }

    private (int Status, string? Code, string Header) Answer()
    {
        _context.Response.Body.Position = 0;
        using var body = JsonDocument.Parse(_context.Response.Body);
        return (_context.Response.StatusCode, body.RootElement.GetProperty("code").GetString(), _context.Response.Headers.WWWAuthenticate.ToString());
    }

    private async Task<BearerHandler> HandlerAsync()
    {
        await using var services = new ServiceCollection().AddOptions().BuildServiceProvider();
        var handler = new BearerHandler(services.GetRequiredService<IOptionsMonitor<AuthenticationSchemeOptions>>(), NullLoggerFactory.Instance, UrlEncoder.Default, _tokens);
        await handler.InitializeAsync(new AuthenticationScheme(BearerHandler.SchemeName, displayName: null, typeof(BearerHandler)), _context);
        return handler;
    }

    private sealed class Offering : IHttpWebSocketFeature
    {
        public Offering(HttpContext context, string[] protocols) => context.Request.Headers.SecWebSocketProtocol = string.Join(", ", protocols);

        public bool IsWebSocketRequest => true;

        public Task<WebSocket> AcceptAsync(WebSocketAcceptContext context) => throw new NotSupportedException();
    }
}
