using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Ingestion.Tests.EndToEnd.Infrastructure;

/// <summary>Claims of a token; null leaves one out.</summary>
internal sealed record TokenClaims(string? Subject, string[] Scopes)
{
    public string? Issuer { get; init; } = "ingestion";

    public string? Audience { get; init; } = "ingestion";

    public DateTimeOffset? Expires { get; init; } = TimeProvider.System.GetUtcNow().AddHours(1);

    public DateTimeOffset? NotBefore { get; init; }

    public string[]? Roles { get; init; }

    /// <summary>Names the token; of a share, the share.</summary>
    public string? Id { get; init; }

    public DateTimeOffset? IssuedAt { get; init; }

    /// <summary>The video that a share token is for.</summary>
    public string? Video { get; init; }

    /// <summary>The tenant for which its user acts.</summary>
    public string? Tenant { get; init; }

    public string ToJson() => JsonSerializer.Serialize(
        new Dictionary<string, object?>
        {
            ["sub"] = Subject,
            ["scope"] = string.Join(' ', Scopes),
            ["iss"] = Issuer,
            ["aud"] = Audience,
            ["exp"] = Expires?.ToUnixTimeSeconds(),
            ["nbf"] = NotBefore?.ToUnixTimeSeconds(),
            ["roles"] = Roles,
            ["video"] = Video,
            ["jti"] = Id,
            ["iat"] = IssuedAt?.ToUnixTimeSeconds(),
            ["tenant"] = Tenant,
        }.Where(claim => claim.Value is not null).ToDictionary());
}

/// <summary>JSON Web Tokens made without a library, so that wrong ones can be made too.</summary>
internal static class HandMadeToken
{
    public static string Sign(string data, TokenClaims claims) => Sign(Key(data), claims);

    public static string Sign(byte[] key, TokenClaims claims, string algorithm = "HS256")
    {
        var signed = $"{Encode($$"""{"alg":"{{algorithm}}","typ":"JWT"}""")}.{Encode(claims.ToJson())}";
        var bytes = Encoding.ASCII.GetBytes(signed);
        var signature = algorithm == "HS512" ? HMACSHA512.HashData(key, bytes) : HMACSHA256.HashData(key, bytes);
        return $"{signed}.{Base64Url.EncodeToString(signature)}";
    }

    public static string Unsigned(TokenClaims claims) => $"{Encode("""{"alg":"none","typ":"JWT"}""")}.{Encode(claims.ToJson())}.";

    public static byte[] Key(string data) => Convert.FromBase64String(File.ReadAllText(Path.Combine(data, "keys", "token.key")).Trim());

    /// <summary>The claims inside a token.</summary>
    public static JsonElement Read(string token) => JsonSerializer.Deserialize<JsonElement>(Base64Url.DecodeFromChars(token.Split('.')[1]));

    public static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));
}
