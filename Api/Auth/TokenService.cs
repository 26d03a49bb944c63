using System.Security.Claims;
using System.Text;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Ingestion.Api.Auth;

/// <summary>Mints and checks bearer tokens.</summary>
public sealed class TokenService
{
    /// <summary>The one video that a token with the scope <c>share</c> is for.</summary>
    public const string VideoClaim = "video";

    /// <summary>Roles, as a list or separated by blanks: whose broadcasts the user gets.</summary>
    public const string RoleClaim = "roles";

    /// <summary>Longest user id taken from a token.</summary>
    private const int LongestSubject = 128;

    private const int LongestToken = 8 * 1024;

    private readonly JsonWebTokenHandler _handler = new() { SetDefaultTimesOnTokenCreation = false };
    private readonly TokenValidationParameters _parameters;
    private readonly SigningCredentials _credentials;
    private readonly TokenOptions _options;
    private readonly TimeProvider _time;

    private readonly TokenRefusals? _refusals;

    /// <summary>With the key's bytes; see <see cref="SigningKey"/>.</summary>
    public TokenService(TokenOptions options, byte[] key, TimeProvider time)
        : this(options, key, time, refusals: null)
    {
    }

    internal TokenService(TokenOptions options, byte[] key, TimeProvider time, TokenRefusals? refusals)
    {
        _refusals = refusals;
        (_options, _time) = (options, time);
        var signingKey = new SymmetricSecurityKey(key);
        _credentials = new SigningCredentials(signingKey, SecurityAlgorithms.HmacSha256);
        _parameters = new TokenValidationParameters
        {
            ValidAlgorithms = [SecurityAlgorithms.HmacSha256],
            IssuerSigningKey = signingKey,
            ValidIssuer = options.Issuer,
            ValidAudience = options.Audience,
            RequireExpirationTime = true,
            RequireSignedTokens = true,
            // The lifetime is checked here, against our clock, to tell an expired token from a wrong one.
            ValidateLifetime = false,
        };
    }

    /// <summary>A token for <paramref name="subject"/>, valid from now.</summary>
    public string Mint(string subject, IEnumerable<string> scopes, TimeSpan lifetime, IReadOnlyList<string>? roles = null) =>
        Create(subject, scopes, lifetime, roles is { Count: > 0 } ? new KeyValuePair<string, string>(RoleClaim, string.Join(' ', roles)) : null);

    /// <summary>A token that shows one video of <paramref name="owner"/> to whoever has it.</summary>
    public string MintShare(string owner, string videoId, TimeSpan lifetime) => Create(owner, [Scopes.Share], lifetime, new KeyValuePair<string, string>(VideoClaim, videoId));

    private string Create(string subject, IEnumerable<string> scopes, TimeSpan lifetime, KeyValuePair<string, string>? more)
    {
        var now = _time.GetUtcNow();
        var claims = new Dictionary<string, object> { ["sub"] = subject, ["scope"] = string.Join(' ', scopes) };
        if (more is { } claim)
            claims[claim.Key] = claim.Value;
        return _handler.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = _options.Issuer,
            Audience = _options.Audience,
            IssuedAt = now.UtcDateTime,
            NotBefore = now.UtcDateTime,
            Expires = (now + lifetime).UtcDateTime,
            Claims = claims,
            SigningCredentials = _credentials,
        });
    }

    /// <summary>Checks a token. A refusal says whether it had merely expired.</summary>
    internal (ClaimsPrincipal? User, bool Expired) Validate(string token, string scheme)
    {
        // Three parts are a signed token. Five are an encrypted one, whose decompression this library version leaves unbounded (CVE-2024-21319).
        if (token.Length > LongestToken || token.AsSpan().Count('.') != 2)
            return Refuse(RefusalReason.Malformed);
        var result = _handler.ValidateToken(token, _parameters);
        // Not by jwt.Subject, which throws when the claim is no text.
        if (!result.IsValid || result.SecurityToken is not JsonWebToken jwt)
            return Refuse(RefusalReason.Of(result.Exception));
        if (!jwt.TryGetPayloadValue<string>("sub", out var subject) || !IsSubject(subject))
            return Refuse(RefusalReason.Subject);

        var now = _time.GetUtcNow().UtcDateTime;
        var skew = TimeSpan.FromSeconds(_options.ClockSkewSeconds);
        if (jwt.ValidTo == DateTime.MinValue || jwt.ValidFrom > now + skew)
            return Refuse(RefusalReason.Lifetime);
        if (jwt.ValidTo <= now - skew)
            return Refuse(RefusalReason.Expired, expired: true);

        var claims = new List<Claim> { new("sub", subject), new("exp", new DateTimeOffset(jwt.ValidTo, TimeSpan.Zero).ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture)) };
        if (jwt.TryGetPayloadValue<string>("scope", out var scopes))
            claims.AddRange(scopes.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(scope => new Claim("scope", scope)));
        if (jwt.TryGetPayloadValue<string>(VideoClaim, out var video))
            claims.Add(new Claim(VideoClaim, video));
        claims.AddRange(RolesOf(jwt).Select(role => new Claim(RoleClaim, role)));
        return (new ClaimsPrincipal(new ClaimsIdentity(claims, scheme, "sub", "scope")), false);
    }

    private (ClaimsPrincipal? User, bool Expired) Refuse(string reason, bool expired = false)
    {
        _refusals?.Refused(reason);
        return (null, expired);
    }

    private static IEnumerable<string> RolesOf(JsonWebToken jwt)
    {
        if (jwt.TryGetPayloadValue<string[]>(RoleClaim, out var list))
            return list.OfType<string>();
        return jwt.TryGetPayloadValue<string>(RoleClaim, out var text) ? text.Split(' ', StringSplitOptions.RemoveEmptyEntries) : [];
    }

    /// <summary>It becomes a grain's key, which must not be blank.</summary>
    private static bool IsSubject(string? subject) => subject is { Length: <= LongestSubject } && !string.IsNullOrWhiteSpace(subject) && !subject.Any(char.IsControl) && Encoding.UTF8.GetByteCount(subject) <= 2 * LongestSubject;
}
