using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Ingestion.Api.Auth;
using Ingestion.Api.Auth.Provider;
using Ingestion.Tests.Support.Servers;
using Ingestion.Videos;
using Microsoft.AspNetCore.Http;

namespace Ingestion.Tests.Unit.Auth.Provider;

/// <summary>Tokens of an identity provider, beside those of our own key.</summary>
public sealed class ProviderTests : IAsyncLifetime, IDisposable
{
    // Slow to make, and the same for all tests.
    private static readonly RSA _rsa = RSA.Create(2048);
    private static readonly ECDsa _ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    private readonly ManualTime _time = new();
    private readonly LogLines _log = new();
    private readonly ProviderDocuments _documents = new();
    private IdentityProvider _provider = null!;

    public async Task InitializeAsync()
    {
        _provider = await IdentityProvider.StartAsync();
        _provider.Publish("rsa-1", _rsa);
        _provider.Publish("ec-1", _ec);
    }

    public async Task DisposeAsync() => await _provider.DisposeAsync();

    public void Dispose()
    {
        _documents.Dispose();
        _log.Dispose();
    }

    [Fact]
    public async Task Token_IsTaken_WhenTheProviderSignedItByRs256OrEs256()
    {
        var tokens = ByAuthority();
        Assert.Equal("ann", (await UserAsync(tokens, Rs256())).FindFirst("sub")!.Value);
        Assert.Equal(["read", "upload"], ScopesOf(await UserAsync(tokens, Es256())));
        Assert.Equal(["/realm/.well-known/openid-configuration", "/keys"], _provider.Requested);
    }

    [Fact]
    public async Task Token_IsTaken_WhenOnlyTheKeySetIsConfigured()
    {
        var tokens = ByKeySet();
        await UserAsync(tokens, Rs256());
        await UserAsync(tokens, Es256());
        Assert.Equal(["/keys"], _provider.Requested);
    }

    [Fact]
    public async Task OwnTokensAndShares_AreTaken_BesideTheProviders()
    {
        var tokens = ByAuthority();
        await UserAsync(tokens, tokens.Mint("bob", ["read"], TimeSpan.FromHours(1)));
        await UserAsync(tokens, tokens.MintShare("bob", "v1", new VideoShare("s1", _time.GetUtcNow(), _time.GetUtcNow().AddDays(100), MadeBy: null)));
        Assert.Empty(_provider.Requested);
    }

    [Fact]
    public async Task Token_IsRefused_WhenItsAlgorithmIsNotThatOfItsIssuer()
    {
        var tokens = ByAuthority();
        await UserAsync(tokens, Rs256());
        var payload = Payload();
        // Our key under the provider's name.
        await RefuseAsync(tokens, Jwt.Raw("""{"alg":"HS256"}""", payload));
        await RefuseAsync(tokens, Jwt.Raw("""{"alg":"HS256","kid":"rsa-1"}""", payload));
        // The provider's key under our name.
        await RefuseAsync(tokens, Jwt.Sign("""{"alg":"RS256","kid":"rsa-1"}""", Payload(("iss", "ingestion")), _rsa));
        await RefuseAsync(tokens, Jwt.Sign("""{"alg":"ES256","kid":"ec-1"}""", Payload(("iss", "ingestion")), _ec));
        // An algorithm that the provider's kind of key knows, and that is not configured.
        await RefuseAsync(tokens, Jwt.Sign("""{"alg":"RS512","kid":"rsa-1"}""", payload, _rsa));
        await RefuseAsync(tokens, Jwt.Sign("""{"alg":"PS256","kid":"rsa-1"}""", payload, _rsa));
        // A key of one kind for a token of the other.
        await RefuseAsync(tokens, Jwt.Sign("""{"alg":"ES256","kid":"rsa-1"}""", payload, _ec));
        await RefuseAsync(tokens, Jwt.Sign("""{"alg":"RS256","kid":"ec-1"}""", payload, _rsa));
        await RefuseAsync(tokens, $"{Jwt.Encode("""{"alg":"none","kid":"rsa-1"}""")}.{Jwt.Encode(payload)}.");
    }

    /// <summary>Every form in which a public key could be taken for the bytes of a shared one.</summary>
    [Fact]
    public async Task PublicKey_IsNeverASharedKey()
    {
        var tokens = ByAuthority();
        await UserAsync(tokens, Rs256());
        byte[][] forms =
        [
            Encoding.ASCII.GetBytes(_rsa.ExportSubjectPublicKeyInfoPem()), Encoding.ASCII.GetBytes(_rsa.ExportSubjectPublicKeyInfoPem() + "\n"),
                _rsa.ExportSubjectPublicKeyInfo(),
            _rsa.ExportRSAPublicKey(), _rsa.ExportParameters(false).Modulus!, Encoding.ASCII.GetBytes(Jwt.Encode("rsa-1")),
        ];
        foreach (var form in forms)
        {
            foreach (var issuer in (string[])[_provider.Issuer, "ingestion"])
            {
                await RefuseAsync(tokens, Jwt.Raw("""{"alg":"HS256","kid":"rsa-1"}""", Payload(("iss", issuer)), form));
                await RefuseAsync(tokens, Jwt.Raw("""{"alg":"HS256"}""", Payload(("iss", issuer)), form));
            }
        }
    }

    [Fact]
    public async Task Key_IsNotUsed_WhenItIsNotForThat()
    {
        using var small = RSA.Create(1024);
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        _provider.Publish("encryption", _rsa, ("use", "enc"));
        _provider.Publish("wrapping", _rsa, ("key_ops", (string[])["wrapKey"]));
        _provider.Publish("ps", _rsa, ("alg", "PS256"));
        _provider.Publish("small", small);
        _provider.Publish("p384", other);
        _provider.PublishRaw("oct", new { kty = "oct", kid = "oct", k = Jwt.Encode(new string('k', 20) + "abcdefghijklmnop") });
        _provider.PublishRaw("broken", new { kty = "RSA", kid = "broken", n = "%%%", e = "AQAB" });
        _provider.PublishRaw("empty", new { kty = "RSA", kid = "empty" });
        _provider.PublishRaw("point", new { kty = "EC", kid = "point", crv = "P-256", x = "AA", y = "AA" });
        var tokens = ByAuthority();
        await UserAsync(tokens, Rs256());
        foreach (var kid in (string[])["encryption", "wrapping", "ps", "broken", "empty"])
            await RefuseAsync(tokens, Jwt.Sign($$"""{"alg":"RS256","kid":"{{kid}}"}""", Payload(), _rsa));
        await RefuseAsync(tokens, Jwt.Sign("""{"alg":"RS256","kid":"small"}""", Payload(), small));
        await RefuseAsync(tokens, Jwt.Sign("""{"alg":"ES256","kid":"p384"}""", Payload(), other));
        await RefuseAsync(tokens, Jwt.Sign("""{"alg":"ES256","kid":"point"}""", Payload(), _ec));
        await RefuseAsync(tokens, Jwt.Raw("""{"alg":"HS256","kid":"oct"}""", Payload(), Encoding.ASCII.GetBytes(new string('k', 20) + "abcdefghijklmnop")));
    }

    public static TheoryData<string, object?> WrongClaims => new()
    {
        { "iss", "https://other.example" }, { "iss", null }, { "aud", "other" }, { "aud", "ingestion/" }, { "aud", null }, { "sub", null }, { "sub", 5 },
            { "exp", null }, { "exp", 5 },
        { "exp", 1_000_000_000_000L }, { "nbf", 4_000_000_000L },
    };

    [Theory]
    [MemberData(nameof(WrongClaims))]
    public async Task Token_IsRefused_WhenAClaimIsWrong(string claim, object? value) =>
        Assert.Null((await ByAuthority().ValidateAsync(Jwt.Sign("""{"alg":"RS256","kid":"rsa-1"}""", Payload((claim, value)), _rsa))).User);

    [Theory]
    [InlineData("scope", "read upload", "")]
    [InlineData("scp", "read upload", "")]
    [InlineData("scp", new[] { "read", "upload" }, "")]
    [InlineData("scope", new[] { "read", "upload" }, "")]
    [InlineData("permissions", new[] { "read", "upload" }, "permissions")]
    [InlineData("https://videos.example/scope", "read upload", "https://videos.example/scope")]
    public async Task Scopes_AreReadFromTheirClaim_AsTextOrList(string claim, object value, string setting)
    {
        var tokens = ByAuthority(options => options.ScopeClaim = setting);
        Assert.Equal(["read", "upload"], ScopesOf(await UserAsync(tokens, Rs256(("scope", null), (claim, value)))));
    }

    [Fact]
    public async Task Scopes_AreNone_WhenOnlyAnotherClaimHasThem()
    {
        var tokens = ByAuthority(options => options.ScopeClaim = "scp");
        Assert.Empty(ScopesOf(await UserAsync(tokens, Rs256())));
        Assert.Empty(ScopesOf(await UserAsync(tokens, Rs256(("scp", new { admin = 1 })))));
    }

    [Fact]
    public async Task User_IsReadFromItsClaim_WhenThatIsSet()
    {
        var tokens = ByAuthority(options => options.UserClaim = "oid");
        Assert.Equal("7b1e", (await UserAsync(tokens, Rs256(("oid", "7b1e")))).FindFirst("sub")!.Value);
        await RefuseAsync(tokens, Rs256());
        // Our own tokens have their user where they always had it.
        Assert.Equal("bob", (await UserAsync(tokens, tokens.Mint("bob", [], TimeSpan.FromHours(1)))).FindFirst("sub")!.Value);
    }

    [Fact]
    public async Task Token_IsExpired_WhenItsTimeIsOver()
    {
        var tokens = ByAuthority();
        var token = Rs256();
        await UserAsync(tokens, token);
        _time.Advance(TimeSpan.FromHours(2));
        Assert.Equal(TokenRefusal.Expired, (await tokens.ValidateAsync(token)).Refusal);
    }

    [Fact]
    public async Task FirstTokenOfANewKey_IsTaken_WhenTheProviderChangesItsKeys()
    {
        var provider = Keys(Options(options => options.Authority = _provider.Address + "realm"));
        var tokens = Service(provider);
        await UserAsync(tokens, Rs256());
        using var next = RSA.Create(2048);
        _provider.Publish("rsa-2", next);
        _time.Advance(ProviderKeys.ShortestInterval);
        await UserAsync(tokens, Jwt.Sign("""{"alg":"RS256","kid":"rsa-2"}""", Payload(), next));
        await UserAsync(tokens, Rs256());

        _provider.Withdraw("rsa-1");
        _time.Advance(ProviderKeys.RefreshInterval);
        var old = Rs256();
        // This one starts the fetch that finds the key withdrawn, and does not wait for it.
        await tokens.ValidateAsync(old);
        await provider.Keys.WarmUpAsync();
        await RefuseAsync(tokens, old);
        await UserAsync(tokens, Jwt.Sign("""{"alg":"RS256","kid":"rsa-2"}""", Payload(), next));
    }

    [Fact]
    public async Task UnknownKeys_CauseOneFetchInAWhile_HoweverManyTokensNameThem()
    {
        var tokens = ByKeySet();
        await UserAsync(tokens, Rs256());
        for (var round = 1; round <= 3; round++)
        {
            _time.Advance(ProviderKeys.ShortestInterval);
            await Task.WhenAll(Enumerable.Range(0, 50)
                .Select(async i => await RefuseAsync(tokens, Jwt.Sign($$"""{"alg":"RS256","kid":"made-up-{{i}}"}""", Payload(), _rsa))));
            Assert.Equal(1 + round, _provider.Requested.Count);
        }
    }

    [Fact]
    public async Task NothingElseIsFetched_WhateverATokenContains()
    {
        var tokens = ByAuthority();
        await UserAsync(tokens, Rs256());
        await using var evil = await IdentityProvider.StartAsync();
        evil.Publish("evil", _ec);
        var requested = _provider.Requested.Count;
        var header = JsonSerializer.Serialize(new { alg = "ES256", kid = "evil", jku = evil.JwksUrl, x5u = evil.JwksUrl, jwk = new { kty = "EC" } });
        _time.Advance(ProviderKeys.ShortestInterval);
        await RefuseAsync(tokens, Jwt.Sign(header, Payload(("iss", evil.Issuer)), _ec));
        // An unknown issuer is no reason to query the known one.
        Assert.Equal(requested, _provider.Requested.Count);
        await RefuseAsync(tokens, Jwt.Sign(header, Payload(), _ec));
        Assert.Empty(evil.Requested);
    }

    [Fact]
    public async Task NoRedirectIsFollowed_WhenTheProviderSendsOne()
    {
        await using var inside = await IdentityProvider.StartAsync();
        _provider.Instead = context =>
        {
            context.Response.Redirect(inside.Address + "keys");
            return Task.CompletedTask;
        };
        Assert.Equal(TokenRefusal.Unavailable, (await ByKeySet().ValidateAsync(Rs256())).Refusal);
        Assert.Empty(inside.Requested);
    }

    [Fact]
    public async Task TokensWaitForTheProvider_WhenItIsDownAtStart()
    {
        var address = _provider.Address;
        await _provider.DisposeAsync();
        var keys = Keys(Options(options => options.Authority = address + "realm"));
        var tokens = Service(keys);
        await keys.Keys.WarmUpAsync();
        for (var i = 0; i < 20; i++)
            Assert.Equal(TokenRefusal.Unavailable, (await tokens.ValidateAsync(Rs256())).Refusal);
        await UserAsync(tokens, tokens.Mint("bob", [], TimeSpan.FromHours(1)));
        Assert.Contains("keys can't be read from", Assert.Single(_log.Lines), StringComparison.Ordinal);

        await using var back = await IdentityProvider.StartAsync(address);
        back.Publish("rsa-1", _rsa);
        _time.Advance(ProviderKeys.ShortestInterval);
        await UserAsync(tokens, Rs256());
        Assert.Contains("1 keys of", _log.Lines[1], StringComparison.Ordinal);
        Assert.Equal(2, _log.Lines.Count);
    }

    public static TheoryData<string> BadDocuments => ["", "null", "[]", "{}", "{\"keys\":null}", "{\"keys\":[null]}", "{\"keys\":[]}", "{\"keys\":5}", "<html>",
        new string('x', 2 * 1024 * 1024)];

    [Theory]
    [MemberData(nameof(BadDocuments))]
    public async Task LastKeysStayInUse_WhenTheProviderAnswersNonsense(string document)
    {
        var tokens = ByKeySet();
        await UserAsync(tokens, Rs256());
        _provider.Instead = context => context.Response.WriteAsync(document);
        _time.Advance(ProviderKeys.ShortestInterval);
        await RefuseAsync(tokens, Jwt.Sign("""{"alg":"RS256","kid":"new"}""", Payload(), _rsa));
        await UserAsync(tokens, Rs256());
        Assert.Contains(_log.Lines, line => line.Contains("can't be read", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Authority_IsNotUsed_WhenItsDocumentNamesOurOwnIssuer()
    {
        _provider.Instead = context => context.Response.WriteAsync(
            context.Request.Path.Value!.EndsWith("keys", StringComparison.Ordinal)
            ? "{\"keys\":[]}"
            : JsonSerializer.Serialize(new { issuer = "ingestion", jwks_uri = _provider.JwksUrl }));
        Assert.Equal(TokenRefusal.Unavailable, (await ByAuthority().ValidateAsync(Rs256())).Refusal);
    }

    [Fact]
    public async Task TokenWithoutKid_IsTaken_OnlyWhenThereIsOneKey()
    {
        var token = Jwt.Sign("""{"alg":"RS256"}""", Payload(), _rsa);
        await RefuseAsync(ByAuthority(), token);
        _provider.Withdraw("ec-1");
        await UserAsync(ByAuthority(), token);
    }

    private TokenService ByAuthority(Action<TokenOptions>? change = null) => Service(Keys(Options(options =>
    {
        options.Authority = _provider.Address + "realm/";
        change?.Invoke(options);
    })));

    private TokenService ByKeySet() => Service(Keys(Options(options => (options.JwksUrl, options.Issuer) = (_provider.JwksUrl, _provider.Issuer))));

    private static TokenOptions Options(Action<TokenOptions> change)
    {
        var options = new TokenOptions();
        change(options);
        return options;
    }

    private (TokenOptions Options, ProviderKeys Keys) Keys(TokenOptions options) =>
        (options, new ProviderKeys(options, _documents, _time, _log.For<ProviderKeys>()));

    private TokenService Service((TokenOptions Options, ProviderKeys Keys) provider) =>
        new(provider.Options, new TokenKeys(Jwt.Key, null), provider.Keys, _time, refusals: null, denied: null);

    private string Rs256(params (string Claim, object? Value)[] changes) => Jwt.Sign("""{"alg":"RS256","kid":"rsa-1","typ":"JWT"}""", Payload(changes), _rsa);

    private string Es256() => Jwt.Sign("""{"alg":"ES256","kid":"ec-1","typ":"at+jwt"}""", Payload(), _ec);

    private string Payload(params (string Claim, object? Value)[] changes)
    {
        var payload = Jwt.Payload(_time.GetUtcNow(), "iss", _provider.Issuer);
        foreach (var (claim, value) in changes)
        {
            payload.Remove(claim);
            if (value is not null)
                payload[claim] = value;
        }

        return JsonSerializer.Serialize(payload);
    }

    private static async Task<ClaimsIdentity> UserAsync(TokenService tokens, string token) =>
        Assert.IsType<ClaimsIdentity>((await tokens.ValidateAsync(token)).User);

    private static async Task RefuseAsync(TokenService tokens, string token) => Assert.Equal(TokenRefusal.Invalid, (await tokens.ValidateAsync(token)).Refusal);

    private static IEnumerable<string> ScopesOf(ClaimsIdentity user) => user.FindAll("scope").Select(claim => claim.Value);
}
