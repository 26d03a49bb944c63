using System.Security.Claims;
using Ingestion.Api.Auth;
using Ingestion.Tests.Unit.Infrastructure;

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
        Assert.Equal(("ann", "Test", true), (user.Identity!.Name, user.Identity.AuthenticationType, user.Identity.IsAuthenticated));
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
        Assert.Equal((null, true), _tokens.Validate(token, "Test"));
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
        { "sub", null }, { "sub", "" }, { "sub", " " }, { "sub", "\u00A0\u2003" }, { "sub", "a\nb" }, { "sub", "a\0" }, { "sub", "\u0085" }, { "sub", new string('x', 129) }, { "sub", new string('日', 100) }, { "sub", (string[])["ann"] },
        { "sub", new Dictionary<string, string> { ["id"] = "ann" } },
    };

    [Theory]
    [MemberData(nameof(WrongClaims))]
    public void Token_IsRefused_WhenAClaimIsMissingOrWrong(string claim, object? value)
    {
        var (user, _) = _tokens.Validate(Jwt.Make("HS256", Jwt.Payload(_time.GetUtcNow(), claim, value)), "Test");
        Assert.Null(user);
    }

    [Theory]
    [InlineData("ann@example.org")]
    [InlineData("auth0|5f7c8ec7c33c6c004bbafe82")]
    [InlineData("../../etc/passwd")]
    [InlineData("Jürgen 日本")]
    public void Subject_IsTakenAsItIs_WhenItHoldsNoControls(string subject) => Assert.Equal(subject, Accept(_tokens.Mint(subject, [], _hour)).UserId());

    [Fact]
    public void Token_IsBelieved_WhenWeAreOneOfItsAudiences() => Accept(Jwt.Make("HS256", Jwt.Payload(_time.GetUtcNow(), "aud", (string[])["other", "ingestion"])));

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
            var (user, _) = _tokens.Validate(Jwt.Make("HS256", Jwt.Payload(_time.GetUtcNow(), "scope", scope)), "Test");
            Assert.DoesNotContain("admin", user is null ? [] : ScopesOf(user));
        }
    }

    [Fact]
    public void Token_NeverPassesAndNothingThrows_WhenOneByteChanges()
    {
        var token = Jwt.Make("HS256", Jwt.Payload(_time.GetUtcNow()));
        // The last character of a 32 byte signature has two bits that mean nothing.
        Histories.Check(1_000, random =>
        {
            var changed = token.ToCharArray();
            var at = random.Next(token.Length - 1);
            changed[at] = (char)random.Next(33, 127);
            // Both alphabets of base64 are read; a signature is the same in either.
            if (new string(changed).Replace('+', '-').Replace('/', '_') != token)
                Assert.Null(_tokens.Validate(new string(changed), "Test").User);
        });
    }

    private static IEnumerable<string> ScopesOf(ClaimsPrincipal user) => user.FindAll("scope").Select(claim => claim.Value);

    private ClaimsPrincipal Accept(string token)
    {
        var (user, expired) = _tokens.Validate(token, "Test");
        Assert.False(expired);
        return Assert.IsType<ClaimsPrincipal>(user);
    }

    private void Refuse(string token) => Assert.Equal((null, false), _tokens.Validate(token, "Test"));
}
