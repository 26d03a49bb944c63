using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Ingestion.Tests.EndToEnd.Auth;

/// <summary>Tokens at the addresses of a running silo.</summary>
[Collection(DefaultSilo.Name)]
public sealed class BearerTests(DefaultSilo shared)
{
    [Theory]
    [InlineData("scope", 403)]
    [InlineData("roles", 200)]
    [InlineData("video", 200)]
    [InlineData("scp", 200)]
    [InlineData("sub", 401)]
    [InlineData("exp", 401)]
    [InlineData("nbf", 401)]
    [InlineData("iss", 401)]
    [InlineData("aud", 401)]
    public async Task NullClaim_CountsAsAbsentOrEndsTheToken(string claim, int status)
    {
        var claims = JsonSerializer.Deserialize<Dictionary<string, object?>>(new TokenClaims(SiloFixture.NewUser(), ["read"]).ToJson())!;
        claims[claim] = null;
        using var api = new ApiClient(shared.Silo.Address, Sign(JsonSerializer.Serialize(claims)));
        foreach (var path in (string[])["/api/videos", "/api/usage", "/api/events/poll?wait=0"])
            (await api.GetAsync(path)).Is(status);
    }

    [Fact]
    public async Task SubprotocolIsNoToken_OnAPlainRequest()
    {
        var user = SiloFixture.NewUser();
        using var api = shared.Silo.As(user);
        var video = await api.UploadToReadyAsync(Samples.Mp4);
        using var anonymous = new ApiClient(shared.Silo.Address, token: null);
        (string, string)[] offer = [("Sec-WebSocket-Protocol", $"bearer.{HandMadeToken.Encode(shared.Silo.Token(user))}")];
        (await anonymous.SendAsync(HttpMethod.Delete, $"/api/videos/{video}", content: null, offer)).IsProblem(401, "token_missing");
        (await anonymous.GetAsync("/api/videos", offer)).IsProblem(401, "token_missing");
        (await api.GetAsync($"/api/videos/{video}")).Is(200);
    }

    [Fact]
    public async Task RefusalNamesTheScope_WhenTheTokenLacksIt()
    {
        using var reader = shared.Silo.As(SiloFixture.NewUser(), "read");
        Assert.Equal("Bearer error=\"insufficient_scope\", scope=\"upload\"", (await reader.DeleteAsync($"/api/videos/{new string('0', 32)}"))
            .IsProblem(403, "scope_missing").Header("WWW-Authenticate"));
        using var uploader = shared.Silo.As(SiloFixture.NewUser(), "upload");
        Assert.Equal("Bearer error=\"insufficient_scope\", scope=\"read\"", (await uploader.GetAsync("/api/events")).IsProblem(403, "scope_missing")
            .Header("WWW-Authenticate"));
    }

    [Fact]
    public async Task SiloStartsAndItsOwnTokensWork_WhenTheIdentityProviderIsDown()
    {
        var provider = $"http://127.0.0.1:{Ports.Next()}";
        await using var silo = await SiloProcess.StartAsync(data: null, ("Token__Authority", provider));
        using var own = silo.As("ann");
        (await own.GetAsync("/api/videos")).Is(200);
        using var foreign = new ApiClient(silo.Address, HandMadeToken.Sign(silo.Data, new TokenClaims("ann", ["read"]) { Issuer = provider }));
        for (var i = 0; i < 5; i++)
            Assert.Equal("10", (await foreign.GetAsync("/api/videos")).IsProblem(503, "unavailable").Header("Retry-After"));
        Assert.Equal(2, silo.Log.Split("keys can't be read from").Length);
    }

    /// <summary>Made here, as its claims are not those of a normal token.</summary>
    private string Sign(string claims)
    {
        var content = $"{HandMadeToken.Encode("""{"alg":"HS256","typ":"JWT"}""")}.{HandMadeToken.Encode(claims)}";
        return $"{content}.{Base64Url.EncodeToString(HMACSHA256.HashData(HandMadeToken.Key(shared.Silo.Data), Encoding.ASCII.GetBytes(content)))}";
    }
}
