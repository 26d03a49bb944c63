using System.Security.Claims;
using System.Text.Json;
using Ingestion.Api.Auth;

namespace Ingestion.Tests.Unit.Auth;

/// <summary>Every claim in every kind of JSON: it counts as absent, or the token is refused. Nothing throws, and no scope appears.</summary>
public class ClaimKindTests
{
    private static readonly string[] _claims =
        ["iss", "aud", "exp", "nbf", "iat", "sub", "jti", "scope", "scp", "roles", "video", "azp", "typ", "acr", "amr", "email", "name", "sid", "nonce",
            "auth_time", "cnf", "act", "unknown"];

    private static readonly string[] _kinds =
        ["null", "0", "5", "-5", "1.5", "1e300", "true", "false", "[]", "[null]", "[5]", "[[]]", "[\"admin\"]", "[\"admin\",null]", "{}", "{\"admin\":1}",
            "\"\"", "\"\\ud800\""];

    private readonly ManualTime _time = new();
    private readonly TokenService _tokens;

    public ClaimKindTests() => _tokens = new TokenService(new TokenOptions(), Jwt.Key, _time);

    public static TheoryData<string, string> Claims
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var claim in _claims)
            {
                foreach (var kind in _kinds)
                    data.Add(claim, kind);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Claims))]
    public async Task Claim_CountsAsAbsentOrEndsTheToken_WhenItIsOfAnotherKind(string claim, string json)
    {
        var payload = Jwt.Payload(_time.GetUtcNow()).ToDictionary(pair => pair.Key, pair => JsonSerializer.Serialize(pair.Value));
        payload[claim] = json;
        var check = await _tokens.ValidateAsync(Jwt.Raw(
            """{"alg":"HS256","typ":"JWT"}""", $"{{{string.Join(',', payload.Select(pair => $"\"{pair.Key}\":{pair.Value}"))}}}"));

        if (check.User is not { } user)
        {
            Assert.Contains(check.Refusal, (TokenRefusal[])[TokenRefusal.Invalid, TokenRefusal.Expired]);
            return;
        }

        Assert.Equal("ann", user.FindFirst("sub")!.Value);
        Assert.DoesNotContain("admin", user.FindAll("scope").Select(scope => scope.Value));
        Assert.Equal(claim is "scope" ? [] : ["read", "upload"], user.FindAll("scope").Select(scope => scope.Value));
        Assert.Equal(claim is "video" && json is "\"\"" ? [""] : [], user.FindAll("video").Select(video => video.Value));
    }

    /// <summary>What identity providers write where they have no value.</summary>
    [Theory]
    [InlineData("scope")]
    [InlineData("roles")]
    [InlineData("video")]
    [InlineData("scp")]
    [InlineData("email")]
    public async Task Token_IsTaken_WhenAnOptionalClaimIsNull(string claim)
    {
        var payload = Jwt.Payload(_time.GetUtcNow());
        payload[claim] = null;
        Assert.IsType<ClaimsIdentity>((await _tokens.ValidateAsync(Jwt.Make("HS256", payload))).User);
    }

    [Fact]
    public async Task Roles_AreItsTexts_WhenTheClaimIsAList()
    {
        var payload = Jwt.Payload(_time.GetUtcNow(), "roles", (object?[])["staff", null, 5, "beta testers"]);
        var user = Assert.IsType<ClaimsIdentity>((await _tokens.ValidateAsync(Jwt.Make("HS256", payload))).User);
        Assert.Equal(["staff", "beta testers"], user.FindAll("roles").Select(role => role.Value));
    }
}
