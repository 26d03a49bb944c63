using System.Security.Cryptography;

namespace Ingestion.Tests.EndToEnd.Auth;

/// <summary>Unknown callers are refused before anything is read or stored.</summary>
[Collection(StrictSilo.Name)]
public sealed class TokenRefusalTests(StrictSilo shared)
{
    private static readonly string[] _scopes = ["upload", "read", "admin"];

    public static TheoryData<string, string> BadTokens() => new()
    {
        { "none", "token_missing" },
        { "not a bearer", "token_invalid" },
        { "garbage", "token_invalid" },
        { "expired", "token_expired" },
        { "without expiry", "token_invalid" },
        { "not yet valid", "token_invalid" },
        { "another key", "token_invalid" },
        { "changed claims", "token_invalid" },
        { "alg none", "token_invalid" },
        { "alg none with signature", "token_invalid" },
        { "alg HS512", "token_invalid" },
        { "another audience", "token_invalid" },
        { "no audience", "token_invalid" },
        { "another issuer", "token_invalid" },
        { "no subject", "token_invalid" },
        { "endless subject", "token_invalid" },
        { "five parts", "token_invalid" },
        { "10 kB", "token_invalid" },
    };

    [Theory]
    [MemberData(nameof(BadTokens))]
    public Task Is401AndLeavesNothing_WhenTheTokenIs(string kind, string code) => shared.LeavesNothingAsync(async () =>
    {
        using var api = new ApiClient(shared.Silo.Address, token: null);
        (string, string)[] headers = Header(kind) is { } header ? [("Authorization", header)] : [];
        using var content = new ByteArrayContent(FormBody.Of(Samples.Mp4).Bytes);
        content.Headers.TryAddWithoutValidation("Content-Type", new FormBody().ContentType);

        var upload = (await api.SendAsync(HttpMethod.Post, "/api/videos/upload", content, headers)).IsProblem(401, code);
        Assert.StartsWith("Bearer", upload.Header("WWW-Authenticate"), StringComparison.Ordinal);
        foreach (var path in new[] { "/api/videos", $"/api/videos/{shared.StrangersVideo}", $"/api/tasks/{shared.StrangersVideo}",
            $"/api/videos/{shared.StrangersVideo}/source", "/api/admin/silos", "/ws" })
            (await api.GetAsync(path, headers)).IsProblem(401, code);
        (await api.SendAsync(HttpMethod.Delete, $"/api/videos/{shared.StrangersVideo}", content: null, headers)).IsProblem(401, code);
    });

    [Fact]
    public Task Is403AndLeavesNothing_WhenAScopeIsMissing() => shared.LeavesNothingAsync(async () =>
    {
        using var reader = shared.Silo.As(StrictSilo.Stranger, "read", "admin");
        (await reader.PostAsync(FormBody.Of(Samples.Mp4))).IsProblem(403, "scope_missing");
        (await reader.DeleteAsync($"/api/videos/{shared.StrangersVideo}")).IsProblem(403, "scope_missing");

        using var uploader = shared.Silo.As(StrictSilo.Stranger, "upload", "worker");
        foreach (var path in new[] { "/api/videos", $"/api/videos/{shared.StrangersVideo}", $"/api/tasks/{shared.StrangersVideo}",
            $"/api/videos/{shared.StrangersVideo}/source", "/api/admin/silos", "/ws" })
            (await uploader.GetAsync(path)).IsProblem(403, "scope_missing");

        using var withoutScopes = shared.Silo.As(StrictSilo.Stranger, "");
        (await withoutScopes.GetAsync("/api/videos")).IsProblem(403, "scope_missing");
        (await withoutScopes.PostAsync(FormBody.Of(Samples.Mp4))).IsProblem(403, "scope_missing");
    });

    private string? Header(string kind)
    {
        var key = HandMadeToken.Key(shared.Silo.Data);
        var good = new TokenClaims(StrictSilo.Stranger, _scopes);
        var signed = HandMadeToken.Sign(key, good);
        return kind switch
        {
            "none" => null,
            "not a bearer" => "Basic YWxpY2U6c2VjcmV0",
            "garbage" => "Bearer one.two.three",
            "expired" => Bearer(HandMadeToken.Sign(key, good with { Expires = TimeProvider.System.GetUtcNow().AddMinutes(-1) })),
            "without expiry" => Bearer(HandMadeToken.Sign(key, good with { Expires = null })),
            "not yet valid" => Bearer(HandMadeToken.Sign(key, good with { NotBefore = TimeProvider.System.GetUtcNow().AddMinutes(5) })),
            "another key" => Bearer(HandMadeToken.Sign(RandomNumberGenerator.GetBytes(32), good)),
            "changed claims" => Bearer($"{signed.Split('.')[0]}.{HandMadeToken.Encode((good with { Subject = "eve" }).ToJson())}.{signed.Split('.')[2]}"),
            "alg none" => Bearer(HandMadeToken.Unsigned(good)),
            "alg none with signature" => Bearer(HandMadeToken.Unsigned(good) + signed.Split('.')[2]),
            "alg HS512" => Bearer(HandMadeToken.Sign(key, good, "HS512")),
            "another audience" => Bearer(HandMadeToken.Sign(key, good with { Audience = "billing" })),
            "no audience" => Bearer(HandMadeToken.Sign(key, good with { Audience = null })),
            "another issuer" => Bearer(HandMadeToken.Sign(key, good with { Issuer = "elsewhere" })),
            "no subject" => Bearer(HandMadeToken.Sign(key, good with { Subject = null })),
            "endless subject" => Bearer(HandMadeToken.Sign(key, good with { Subject = new string('a', 1000) })),
            "five parts" => Bearer(signed + ".a.b"),
            "10 kB" => Bearer(new string('a', 10_000) + ".b.c"),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, message: null),
        };
    }

    private static string Bearer(string token) => $"Bearer {token}";
}
