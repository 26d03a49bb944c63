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
        _tokens = new TokenService(options, Jwt.Key, _time, new TokenRefusals(meters, Options.Create(options), _time, new Lines(_lines)));
    }

    [Fact]
    public void Reason_IsLoggedWithTheKeyFile_WhenATokenIsRefused()
    {
        Refuse("nonsense");
        Refuse(Other().Mint("ann", ["read"], TimeSpan.FromHours(1)));
        Refuse(Mine(new TokenOptions { Audience = "another" }).Mint("ann", ["read"], TimeSpan.FromHours(1)));
        Refuse(Mine(new TokenOptions { Issuer = "another" }).Mint("ann", ["read"], TimeSpan.FromHours(1)));
        Refuse(_tokens.Mint("ann", ["read"], TimeSpan.FromHours(-1)));

        Assert.Equal(
            [RefusalReason.Malformed, RefusalReason.Signature, RefusalReason.Audience, RefusalReason.Issuer, RefusalReason.Expired],
            _lines.Select(line => line.Split(": ")[1].Split(". ")[0]));
        Assert.All(_lines, line => Assert.Contains("/data/keys/token.key", line, StringComparison.Ordinal));
    }

    [Fact]
    public void Reason_IsLoggedOnceAMinute_HoweverManyTokensAreRefused()
    {
        for (var i = 0; i < 1_000; i++)
            Refuse("nonsense");
        Assert.StartsWith("1 tokens", Assert.Single(_lines), StringComparison.Ordinal);

        _time.Advance(TimeSpan.FromMinutes(1));
        Refuse("nonsense");
        Assert.StartsWith("1000 tokens", _lines[^1], StringComparison.Ordinal);
        Assert.Equal(2, _lines.Count);
    }

    private void Refuse(string token) => Assert.Null(_tokens.Validate(token, "Test").User);

    private TokenService Mine(TokenOptions options) => new(options, Jwt.Key, _time);

    private TokenService Other() => new(new TokenOptions(), [.. Jwt.Key.Reverse()], _time);

    private sealed class Lines(List<string> lines) : ILogger<TokenRefusals>
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => lines.Add(formatter(state, exception));
    }
}
