using System.Collections.Frozen;
using Microsoft.IdentityModel.Tokens;

namespace Ingestion.Api.Auth;

/// <summary>The rules for tokens that are signed with the shared key: HS256 and nothing else.</summary>
internal sealed class OwnTokens
{
    private readonly FrozenDictionary<string, TokenValidationParameters> _byKid;
    private readonly TokenValidationParameters _anyKey;

    public OwnTokens(TokenOptions options, TokenKeys keys)
    {
        SymmetricSecurityKey[] all = [.. keys.All.Select(key => new SymmetricSecurityKey(key) { KeyId = TokenKeys.KidOf(key) })];
        Issuer = options.OwnIssuer;
        Credentials = new SigningCredentials(all[0], SecurityAlgorithms.HmacSha256);
        _byKid = all.DistinctBy(key => key.KeyId).ToFrozenDictionary(
            key => key.KeyId, key => TokenRules.Of(Issuer, options.Audience, [SecurityAlgorithms.HmacSha256], key));
        _anyKey = TokenRules.Of(Issuer, options.Audience, [SecurityAlgorithms.HmacSha256], all);
    }

    public string Issuer { get; }

    public SigningCredentials Credentials { get; }

    /// <summary>By the token's <c>kid</c>. Tokens that were made elsewhere have none or another one, and are checked with each key.</summary>
    public TokenValidationParameters Find(string? kid) => kid is not null && _byKid.TryGetValue(kid, out var rules) ? rules : _anyKey;
}

/// <summary>What every token is checked for, whatever its issuer is.</summary>
internal static class TokenRules
{
    public static TokenValidationParameters Of(string issuer, string audience, IEnumerable<string> algorithms, params SecurityKey[] keys) => new()
    {
        ValidIssuer = issuer,
        ValidAudience = audience,
        IgnoreTrailingSlashWhenValidatingAudience = false,
        ValidAlgorithms = algorithms,
        IssuerSigningKeys = keys,
        RequireExpirationTime = true,
        RequireSignedTokens = true,
        // TokenService checks the lifetime, against our clock: an expired token gets another code than a wrong one.
        ValidateLifetime = false,
    };
}
