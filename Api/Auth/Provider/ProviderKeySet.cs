using System.Collections.Frozen;
using Microsoft.IdentityModel.Tokens;

namespace Ingestion.Api.Auth.Provider;

/// <summary>The usable keys of an identity provider as they were fetched, each with the rules for its tokens.</summary>
internal sealed class ProviderKeySet
{
    // The least that RFC 7518 allows.
    private const int LeastRsaBits = 2048;

    private readonly FrozenDictionary<string, TokenValidationParameters> _byKid;
    private readonly TokenValidationParameters? _only;

    private ProviderKeySet(string issuer, FrozenDictionary<string, TokenValidationParameters> byKid, TokenValidationParameters? only) =>
        (Issuer, _byKid, _only) = (issuer, byKid, only);

    /// <summary>The <c>iss</c> of the provider's tokens.</summary>
    public string Issuer { get; }

    /// <summary>The names of the keys, sorted.</summary>
    public IEnumerable<string> Kids => _byKid.Keys.Order(StringComparer.Ordinal);

    public int Count => _only is null ? _byKid.Count : 1;

    /// <summary>
    /// Takes the keys that may sign by <paramref name="options"/>, and keeps the key objects of <paramref name="before"/> that are the same.
    /// </summary>
    /// <remarks>The library caches what it has made of a key by the object, so new objects for old keys would fill that cache.</remarks>
    public static ProviderKeySet Of(string issuer, IEnumerable<JsonWebKey> keys, TokenOptions options, ProviderKeySet? before)
    {
        var known = before?.Keys.DistinctBy(NameOf).ToDictionary(key => NameOf(key)!);
        var usable = new List<(string Kid, TokenValidationParameters Rules)>();
        foreach (var key in keys)
        {
            if (NameOf(key) is { } name && AlgorithmsOf(key, options) is { Length: > 0 } algorithms)
                usable.Add((key.Kid ?? "", TokenRules.Of(issuer, options.Audience, algorithms, known?.GetValueOrDefault(name) ?? key)));
        }

        var named = usable.Where(key => key.Kid.Length > 0).DistinctBy(key => key.Kid).ToFrozenDictionary(key => key.Kid, key => key.Rules);
        return new ProviderKeySet(issuer, named, usable is [var only] ? only.Rules : null);
    }

    /// <summary>By the token's <c>kid</c>. A token without one is taken where there is a single key, so that no token is checked with many.</summary>
    public TokenValidationParameters? Find(string? kid) => string.IsNullOrEmpty(kid) ? _only : _byKid.GetValueOrDefault(kid);

    private IEnumerable<JsonWebKey> Keys => _byKid.Values.Append(_only).OfType<TokenValidationParameters>().SelectMany(rules => rules.IssuerSigningKeys)
        .Cast<JsonWebKey>();

    /// <summary>
    /// What a key may be used for: its own algorithm if it names one, otherwise those of its kind. A symmetric key in a public document is no key,
    /// and as HS256 is in no list here, a public key can't become a symmetric one either.
    /// </summary>
    private static string[] AlgorithmsOf(JsonWebKey key, TokenOptions options)
    {
        if (key.Use is { Length: > 0 } and not "sig" || (key.KeyOps.Count > 0 && !key.KeyOps.Contains("verify")))
            return [];
        string[] possible = key.Kty switch
        {
            JsonWebAlgorithmsKeyTypes.RSA when key.KeySize >= LeastRsaBits => ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"],
            JsonWebAlgorithmsKeyTypes.EllipticCurve => key.Crv switch
            {
                "P-256" => ["ES256"],
                "P-384" => ["ES384"],
                "P-521" => ["ES512"],
                _ => [],
            },
            _ => [],
        };
        return [.. possible.Where(algorithm => options.ProviderAlgorithms.Contains(algorithm) && (string.IsNullOrEmpty(key.Alg) || key.Alg == algorithm))];
    }

    /// <summary>What a key is, and how it is called. Null: a key that can't be read, which must not take the others with it.</summary>
    private static string? NameOf(JsonWebKey key)
    {
        try
        {
            return key.KeySize > 0 ? $"{key.Kid}\n{Convert.ToHexString(key.ComputeJwkThumbprint())}" : null;
        }
        catch (Exception e) when (e is FormatException or ArgumentException)
        {
            return null;
        }
    }
}
