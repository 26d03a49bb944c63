using System.Diagnostics.Metrics;
using Ingestion.Api.Auth;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Ingestion.Tests.Unit.Auth;

public sealed class TokenRefusalsTests
{
    private readonly ManualTime _time = new();
    private readonly List<string> _lines = [];
    private readonly TokenService _tokens;

    public TokenRefusalsTests()
    {
        var options = new TokenOptions { KeyFile = "/data/keys/token.key" };
        var meters = new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>();
        _tokens = new TokenService(options, new TokenKeys(Jwt.Key, null), provider: null, _time,
            new TokenRefusals(meters, Options.Create(options), _time, new Lines(_lines)), denied: null);
    }

    [Fact]
    public async Task Reason_IsLoggedWithTheKeyFile_WhenATokenIsRefused()
    {
        await RefuseAsync("nonsense");
        await RefuseAsync(Other().Mint("ann", ["read"], TimeSpan.FromHours(1)));
        await RefuseAsync(Mine(new TokenOptions { Audience = "another" }).Mint("ann", ["read"], TimeSpan.FromHours(1)));
        await RefuseAsync(Mine(new TokenOptions { Issuer = "another" }).Mint("ann", ["read"], TimeSpan.FromHours(1)));
        await RefuseAsync(_tokens.Mint("ann", ["read"], TimeSpan.FromHours(-1)));

        Assert.Equal(
            [RefusalReason.Malformed, RefusalReason.Signature, RefusalReason.Audience, RefusalReason.Issuer, RefusalReason.Expired],
            _lines.Select(line => line.Split(": ")[1].Split(". ")[0]));
        Assert.All(_lines, line => Assert.Contains("/data/keys/token.key", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Reason_IsLoggedOnceAMinute_HoweverManyTokensAreRefused()
    {
        for (var i = 0; i < 1_000; i++)
            await RefuseAsync("nonsense");
        Assert.StartsWith("1 tokens", Assert.Single(_lines), StringComparison.Ordinal);

        _time.Advance(TimeSpan.FromMinutes(1));
        await RefuseAsync("nonsense");
        Assert.StartsWith("1000 tokens", _lines[^1], StringComparison.Ordinal);
        Assert.Equal(2, _lines.Count);
    }

    private async Task RefuseAsync(string token) => Assert.Null((await _tokens.ValidateAsync(token)).User);

    private TokenService Mine(TokenOptions options) => new(options, Jwt.Key, _time);

    private TokenService Other() => new(new TokenOptions(), [.. Jwt.Key.Reverse()], _time);

    private sealed class Lines(List<string> lines) : ILogger<TokenRefusals>
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Add(formatter(state, exception));
    }
}
