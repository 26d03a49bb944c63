using System.Security.Claims;
using System.Security.Cryptography;
using Ingestion.Api.Auth;
using Ingestion.Api.Dashboard;

namespace Ingestion.Tests.Unit.Dashboard;

/// <summary>The cookies by which a browser opens Orleans' dashboard.</summary>
public sealed class DashboardSessionsTests
{
    private const string User = "ann.lee@example.org";

    private readonly ManualTime _time = new();
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private readonly DashboardSessions _sessions;

    public DashboardSessionsTests() => _sessions = new DashboardSessions(new TokenKeys(_key, null), _time);

    private static (SessionVerdict, string) Refused => (SessionVerdict.Refused, "");

    [Theory]
    [InlineData(User)]
    [InlineData("änn 🎬")]
    public void Session_LetsItsUserIn_InEverySiloOfTheKey(string user)
    {
        var (text, expires) = _sessions.Begin(Caller(user));
        Assert.Equal(ManualTime.Start.AddMinutes(30), expires);
        var other = new DashboardSessions(new TokenKeys(RandomNumberGenerator.GetBytes(32), _key), _time);
        Assert.Equal((SessionVerdict.Valid, user), other.Judge(text));
    }

    [Fact]
    public void Session_EndsAfterHalfAnHour()
    {
        var (text, _) = _sessions.Begin(Caller());
        _time.Advance(TimeSpan.FromMinutes(29));
        Assert.Equal(SessionVerdict.Valid, _sessions.Judge(text).Verdict);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(Refused, _sessions.Judge(text));
    }

    [Fact]
    public void Session_EndsWithItsToken()
    {
        var end = ManualTime.Start.AddMinutes(5);
        var (text, expires) = _sessions.Begin(Caller(expires: end));
        Assert.Equal(end, expires);
        _time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(Refused, _sessions.Judge(text));
    }

    [Fact]
    public void Session_IsRefused_WhenAnyPartOfItIsAnother()
    {
        var (text, _) = _sessions.Begin(Caller());
        var parts = text.Split('.');
        Assert.Equal(5, parts.Length);
        for (var i = 0; i < parts.Length; i++)
        {
            string[] changed = [.. parts];
            changed[i] = (changed[i][0] == '1' ? '2' : '1') + changed[i][1..];
            Assert.Equal(Refused, _sessions.Judge(string.Join('.', changed)));
        }
    }

    [Fact]
    public void OtherTexts_AreRefused()
    {
        var (text, _) = _sessions.Begin(Caller());
        var signed = text[..text.LastIndexOf('.')];
        string[] others =
        [
            "", ".", "....", signed, text + ".", text[1..], new string('a', 10_000), new string('.', 10_000),
            // The same text by a key of another purpose, and by another silo's key.
            $"{signed}.{new AddressSigner(new TokenKeys(_key, null), "ingestion media link v1").Sign(signed)}",
            new DashboardSessions(new TokenKeys(RandomNumberGenerator.GetBytes(32), null), _time).Begin(Caller()).Text,
            new TokenService(new TokenOptions(), _key, _time).Mint(User, [Scopes.Admin], TimeSpan.FromHours(1)),
        ];
        Assert.All(others, other => Assert.Equal(Refused, _sessions.Judge(other)));
    }

    private static ClaimsPrincipal Caller(string user = User, DateTimeOffset? expires = null)
    {
        var claims = new TokenClaims(user, [Scopes.Admin], Roles: [], Video: null, "token-1", Maker: null);
        return new ClaimsPrincipal(claims.ToIdentity((expires ?? ManualTime.Start.AddHours(1)).UtcDateTime, ManualTime.Start.ToUnixTimeSeconds()));
    }
}
