using System.Security.Claims;
using System.Text.Json;
using Ingestion.Api.Auth;
using Ingestion.Tests.Unit.Infrastructure;
using Ingestion.Videos;

namespace Ingestion.Tests.Unit.Auth;

public class TokenServiceTests
{
    private static readonly TimeSpan _hour = TimeSpan.FromHours(1);

    private readonly ManualTime _time = new();
    private readonly TokenService _tokens;

    public TokenServiceTests() => _tokens = new TokenService(new TokenOptions { ClockSkewSeconds = 5 }, Jwt.Key, _time);

    [Fact]
    public void Token_IsBelieved_WhenItWasMintedHere()
    {
        var user = Accept(_tokens.Mint("ann", ["read", "upload"], _hour));
        Assert.Equal("ann", user.UserId());
        Assert.Equal(["read", "upload"], ScopesOf(user));
        Assert.Equal(("ann", "Bearer", true), (user.Identity!.Name, user.Identity.AuthenticationType, user.Identity.IsAuthenticated));
        Assert.Equal((ManualTime.Start + _hour).ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture), user.FindFirst("exp")!.Value);
    }

    [Fact]
    public void Token_IsBelieved_WhenAnotherLibraryMadeIt() => Assert.Equal("ann", Accept(Jwt.Make("HS256", Jwt.Payload(_time.GetUtcNow()))).UserId());

    [Fact]
    public void Token_IsExpired_WhenItsTimeAndTheSkewAreOver()
    {
        var token = _tokens.Mint("ann", [], _hour);
        _time.Advance(_hour + TimeSpan.FromSeconds(4));
        Accept(token);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(TokenRefusal.Expired, Check(token).Refusal);
    }

    [Fact]
    public void Token_IsRefused_WhenItIsNotYetValid()
    {
        var token = Jwt.Make("HS256", Jwt.Payload(_time.GetUtcNow(), "nbf", _time.GetUtcNow().ToUnixTimeSeconds() + 6));
        Refuse(token);
        _time.Advance(TimeSpan.FromSeconds(1));
        Accept(token);
    }

    [Fact]
    public void ExpiredToken_IsMerelyRefused_WhenItWasNeverOurs()
    {
        var token = Jwt.Make("HS256", Jwt.Payload(_time.GetUtcNow() - (2 * _hour)), key: new byte[32]);
        Refuse(token);
    }

    [Theory]
    [InlineData("none")]
    [InlineData("None")]
    [InlineData("NONE")]
    [InlineData("HS384")]
    [InlineData("HS512")]
    [InlineData("RS256")]
    [InlineData("ES256")]
    [InlineData("hs256")]
    [InlineData("")]
    public void Token_IsRefused_WhenItsAlgorithmIsAnother(string alg) => Refuse(Jwt.Make(alg, Jwt.Payload(_time.GetUtcNow())));

    [Fact]
    public void Token_IsRefused_WhenItsSignatureIsMissingOrAnothers()
    {
        var token = _tokens.Mint("ann", ["admin"], _hour);
        var other = _tokens.Mint("bob", [], _hour);
        var cut = token.LastIndexOf('.');
        Refuse(token[..(cut + 1)]);
        Refuse(token[..cut]);
        Refuse(token[..cut] + other[other.LastIndexOf('.')..]);
        Refuse(Jwt.Make("HS256", Jwt.Payload(_time.GetUtcNow()), key: [.. Jwt.Key.Reverse()]));
        Refuse(Jwt.Encode("{\"alg\":\"none\"}") + token[token.IndexOf('.', StringComparison.Ordinal)..]);
    }

    public static TheoryData<string, object?> WrongClaims => new()
    {
        { "iss", "other" }, { "iss", "Ingestion" }, { "iss", "" }, { "iss", null }, { "iss", 5 },
        { "aud", "other" }, { "aud", null }, { "aud", "" }, { "aud", (string[])["other"] },
        { "exp", null }, { "exp", "soon" }, { "exp", 0 }, { "exp", -5 }, { "exp", 1e300 }, { "exp", long.MaxValue }, { "exp", (string[])["x"] },
        { "nbf", 1e300 }, { "nbf", long.MaxValue }, { "nbf", "later" },
        { "sub", null }, { "sub", "" }, { "sub", " " }, { "sub", "\u00A0\u2003" },
        { "sub", "a\nb" }, { "sub", "a\0" }, { "sub", "\u0085" }, { "sub", new string('x', 129) }, { "sub", new string('日', 100) },
        { "sub", (string[])["ann"] },
        { "sub", 123 }, { "sub", 1.5 }, { "sub", true }, { "sub", " ann" }, { "sub", "ann " }, { "sub", "ann\u3000" }, { "sub", "ann\u200B" },
        { "sub", "a\u202Enn" }, { "sub", "\uFEFFann" },
        { "sub", "a\u00ADnn" }, { "sub", "ann\U000E0001" }, { "sub", "a\uFFFDnn" }, { "sub", "a\u2028b" },
        { "sub", new Dictionary<string, string> { ["id"] = "ann" } },
    };

    [Theory]
    [MemberData(nameof(WrongClaims))]
    public void Token_IsRefused_WhenAClaimIsMissingOrWrong(string claim, object? value)
    {
        Assert.Null(Check(Jwt.Make("HS256", Jwt.Payload(_time.GetUtcNow(), claim, value))).User);
    }

    [Theory]
    [InlineData("ann@example.org")]
    [InlineData("auth0|5f7c8ec7c33c6c004bbafe82")]
    [InlineData("../../etc/passwd")]
    [InlineData("Jürgen 日本")]
    [InlineData("2030-01-01T00:00:00Z")]
    [InlineData("123")]
    [InlineData("true")]
    public void Subject_IsTakenAsItIs_WhenItHoldsNoControls(string subject) => Assert.Equal(subject, Accept(_tokens.Mint(subject, [], _hour)).UserId());

    [Fact]
    public void Token_IsBelieved_WhenWeAreOneOfItsAudiences() =>
        Accept(Jwt.Make("HS256", Jwt.Payload(_time.GetUtcNow(), "aud", (string[])["other", "ingestion"])));

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a.b.c")]
    [InlineData("a.b.c.d.e")]
    [InlineData("....")]
    [InlineData("%.%.%")]
    [InlineData("e30.e30.e30")]
    [InlineData("bnVsbA.bnVsbA.bnVsbA")]
    [InlineData("W10.W10.W10")]
    [InlineData("ä.ö.ü")]
    public void Text_IsRefused_WhenItIsNoToken(string text) => Refuse(text);

    [Fact]
    public void Token_IsRefused_WhenItHasFivePartsOrIsTooLong()
    {
        var token = _tokens.Mint("ann", [], _hour);
        Refuse($"{token}.AAAA.AAAA");
        Refuse(Jwt.Make("HS256", Jwt.Payload(_time.GetUtcNow(), "scope", new string('x', 8 * 1024))));
        Accept(Jwt.Make("HS256", Jwt.Payload(_time.GetUtcNow(), "scope", new string('x', 4 * 1024))));
    }

    [Theory]
    [InlineData("JWT", true)]
    [InlineData("jwt", true)]
    [InlineData("at+jwt", true)]
    [InlineData("application/at+jwt", true)]
    [InlineData("", true)]
    [InlineData("logout+jwt", false)]
    [InlineData("dpop+jwt", false)]
    [InlineData("JWE", false)]
    public void Token_IsTakenByItsType_WhenItNamesOne(string type, bool isTaken) =>
        Assert.Equal(isTaken, Check(Jwt.Raw($$"""{"alg":"HS256","typ":"{{type}}"}""",
            JsonSerializer.Serialize(Jwt.Payload(_time.GetUtcNow())))).User is not null);

    [Theory]
    [InlineData("""{"alg":"HS256"}""", true)]
    [InlineData("""{"alg":"HS256","kid":"../../etc/passwd","jku":"https://evil.example/keys","x5u":"https://evil.example/key"}""", true)]
    [InlineData("""{"alg":"HS256","crit":["exp"]}""", false)]
    [InlineData("""{"alg":"HS256","typ":5}""", false)]
    [InlineData("""{"alg":"HS256","kid":{}}""", false)]
    public void Token_IsTakenByItsHeader_WhenTheSignatureIsRight(string header, bool isTaken) =>
        Assert.Equal(isTaken, Check(Jwt.Raw(header, JsonSerializer.Serialize(Jwt.Payload(_time.GetUtcNow())))).User is not null);

    [Fact]
    public void Token_IsRefused_WhenAClaimStandsTwice()
    {
        var payload = JsonSerializer.Serialize(Jwt.Payload(_time.GetUtcNow()));
        Refuse(Jwt.Raw("""{"alg":"HS256"}""", payload.Replace("\"sub\"", "\"sub\":\"bob\",\"sub\"", StringComparison.Ordinal)));
    }

    [Fact]
    public void Token_IsRefused_WhenItLastsLongerThanTheLimit()
    {
        var now = _time.GetUtcNow().ToUnixTimeSeconds();
        var limit = 31 * 24 * 3600;
        Accept(Lasting(now, now + limit));
        Refuse(Lasting(now, now + limit + 6));
        Refuse(Lasting(now - 3600, now + limit - 3600 + 6));
        Refuse(Lasting(now + (100 * limit), now + (100 * limit) + 60));
        Accept(Lasting(issued: null, now + limit));
        Refuse(Lasting(issued: null, now + limit + 6));
        Refuse(Lasting(issued: null, 1_000_000_000_000_000_000));
    }

    [Fact]
    public void Token_LastsUntilItsExpiry_WhenThereIsNoLimit() =>
        Assert.NotNull(CheckOf(new TokenService(new TokenOptions { MaxLifetimeHours = 0 }, Jwt.Key, _time),
            Lasting(issued: null, _time.GetUtcNow().ToUnixTimeSeconds() + (3650L * 86_400))).User);

    [Fact]
    public void Token_IsNotMinted_WhenItWouldBeRefused()
    {
        Assert.Contains("Ingestion:Token:MaxLifetimeHours",
            Assert.Throws<InvalidOperationException>(() => _tokens.Mint("ann", [], TimeSpan.FromDays(32))).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => _tokens.Mint("ann ", [], _hour));
        Accept(_tokens.Mint("ann", [], TimeSpan.FromDays(31)));
    }

    [Fact]
    public void TokenHasAnIdOfItsOwn_AndAShareThatOfItsMakerToo()
    {
        var (one, other) = (Accept(_tokens.Mint("ann", [], _hour)), Accept(_tokens.Mint("ann", [], _hour)));
        Assert.NotEqual(one.FindFirst("jti")!.Value, other.FindFirst("jti")!.Value);
        var share = Accept(_tokens.MintShare("ann", "v1", Share(_hour)));
        Assert.Equal(("s1", "m1"), (share.FindFirst("jti")!.Value, share.FindFirst("maker")!.Value));
    }

    private VideoShare Share(TimeSpan lifetime) => new("s1", _time.GetUtcNow(), _time.GetUtcNow() + lifetime, "m1");

    [Fact]
    public void Share_LastsAYear_WhenNothingElseIsInIt()
    {
        var year = TimeSpan.FromSeconds(TokenService.LongestShare);
        Assert.Equal("v1", Accept(_tokens.MintShare("ann", "v1", Share(year))).FindFirst("video")!.Value);
        Refuse(_tokens.MintShare("ann", "v1", Share(year + TimeSpan.FromSeconds(6))));
        var more = Jwt.Payload(_time.GetUtcNow(), "exp", (_time.GetUtcNow() + year).ToUnixTimeSeconds());
        (more["scope"], more["video"]) = ("share read", "v1");
        Refuse(Jwt.Make("HS256", more));
    }

    [Theory]
    [InlineData("read", new[] { "read" })]
    [InlineData("  read   upload ", new[] { "read", "upload" })]
    [InlineData("READ", new[] { "READ" })]
    [InlineData("reader", new[] { "reader" })]
    [InlineData("read,upload", new[] { "read,upload" })]
    [InlineData("", new string[0])]
    [InlineData(null, new string[0])]
    public void Scopes_AreTheWordsOfTheClaim_WhenSeparatedBySpaces(string? scope, string[] expected) =>
        Assert.Equal(expected, ScopesOf(Accept(Jwt.Make("HS256", Jwt.Payload(_time.GetUtcNow(), "scope", scope)))));

    [Fact]
    public void Scopes_NeverThrow_WhenTheyAreNoText()
    {
        foreach (object scope in (object[])[5, true, (string[])["admin"], new Dictionary<string, int> { ["admin"] = 1 }])
        {
            var user = Accept(Jwt.Make("HS256", Jwt.Payload(_time.GetUtcNow(), "scope", scope)));
            Assert.DoesNotContain("admin", ScopesOf(user));
        }
    }

    [Fact]
    public void Token_NeverPassesAndNothingThrows_WhenOneByteChanges()
    {
        var token = Jwt.Make("HS256", Jwt.Payload(_time.GetUtcNow()));
        Histories.Check(1_000, random =>
        {
            var changed = token.ToCharArray();
            var at = random.Next(token.Length);
            changed[at] = (char)random.Next(33, 127);
            if (new string(changed) != token)
                Assert.Null(Check(new string(changed)).User);
        });
    }

    private string Lasting(long? issued, long expires)
    {
        var payload = Jwt.Payload(_time.GetUtcNow(), "exp", expires);
        if (issued is { } iat)
            payload["iat"] = iat;
        return Jwt.Make("HS256", payload);
    }

    private static IEnumerable<string> ScopesOf(ClaimsPrincipal user) => user.FindAll("scope").Select(claim => claim.Value);

    private ClaimsPrincipal Accept(string token)
    {
        var check = Check(token);
        Assert.Equal(TokenRefusal.None, check.Refusal);
        return new ClaimsPrincipal(Assert.IsType<ClaimsIdentity>(check.User));
    }

    private void Refuse(string token) => Assert.Equal(TokenCheck.Refused(TokenRefusal.Invalid), Check(token));

    // Nothing is fetched for tokens of our own, so the check is over at once.
    private TokenCheck Check(string token) => CheckOf(_tokens, token);

    private static TokenCheck CheckOf(TokenService tokens, string token)
    {
        var check = tokens.ValidateAsync(token).AsTask();
        Assert.True(check.IsCompleted);
#pragma warning disable RS0030 // It is complete.
        return check.Result;
#pragma warning restore RS0030
    }
}
