using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.IdentityModel.Tokens;

namespace Ingestion.Tests.Unit.Auth;

/// <summary>Tokens made by hand, so that they can be wrong in every way.</summary>
internal static class Jwt
{
    public static readonly byte[] Key = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];

    /// <summary>Signed with HMAC by the hash of the header's algorithm (SHA-256 unless it is HS512); no signature for <c>none</c>.</summary>
    public static string Make(string alg, Dictionary<string, object?> payload, byte[]? key = null) =>
        Make($$"""{"alg":"{{alg}}","typ":"JWT"}""", JsonSerializer.Serialize(payload), alg, key);

    /// <summary>With this header and this payload, whatever they are; HS256.</summary>
    public static string Raw(string header, string payload, byte[]? key = null) => Make(header, payload, "HS256", key);

    /// <summary>Signed by a key of an identity provider: RS256 or ES256.</summary>
    public static string Sign(string header, string payload, AsymmetricAlgorithm key)
    {
        var content = $"{Encode(header)}.{Encode(payload)}";
        var bytes = Encoding.ASCII.GetBytes(content);
        var signature = key is RSA rsa ? rsa.SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1) : ((ECDsa)key)
            .SignData(bytes, HashAlgorithmName.SHA256);
        return $"{content}.{Base64UrlEncoder.Encode(signature)}";
    }

    /// <summary>A payload that is fine, with one claim changed; a null removes it.</summary>
    public static Dictionary<string, object?> Payload(DateTimeOffset now, string? claim = null, object? value = null)
    {
        var payload = new Dictionary<string, object?>
        {
            ["iss"] = "ingestion", ["aud"] = "ingestion", ["sub"] = "ann", ["scope"] = "read upload", ["nbf"] = now.ToUnixTimeSeconds(),
                ["exp"] = now.ToUnixTimeSeconds() + 3600,
        };
        if (claim is not null && value is null)
            payload.Remove(claim);
        else if (claim is not null)
            payload[claim] = value;
        return payload;
    }

    public static string Encode(string text) => Base64UrlEncoder.Encode(Encoding.UTF8.GetBytes(text));

    /// <summary>Header or payload of a token.</summary>
    public static JsonElement Part(string token, int index) => JsonSerializer.Deserialize<JsonElement>(Base64UrlEncoder.DecodeBytes(token.Split('.')[index]));

    private static string Make(string header, string payload, string alg, byte[]? key)
    {
        var content = $"{Encode(header)}.{Encode(payload)}";
        if (alg.Equals("none", StringComparison.OrdinalIgnoreCase))
            return content + ".";
        var bytes = Encoding.ASCII.GetBytes(content);
        return $"{content}.{Base64UrlEncoder.Encode(alg == "HS512" ? HMACSHA512.HashData(key ?? Key, bytes) : HMACSHA256.HashData(key ?? Key, bytes))}";
    }
}
