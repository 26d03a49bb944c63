using System.Text.Json;
using Ingestion.Api.Auth.Provider;
using Ingestion.Videos;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Ingestion.Api.Auth;

/// <summary>Mints and checks bearer tokens.</summary>
public sealed class TokenService
{
    /// <summary>The one video that a token with the scope <c>share</c> is for.</summary>
    public const string VideoClaim = "video";

    /// <summary>Roles, as a list or separated by blanks: the broadcasts that the user gets.</summary>
    public const string RoleClaim = "roles";

    /// <summary>The tenant for which the user acts: what is uploaded with the token belongs to it.</summary>
    public const string TenantClaim = "tenant";

    /// <summary>Names the token, so that it can be denied.</summary>
    public const string IdClaim = "jti";

    /// <summary>In a share: the <c>jti</c> of the token that it was made with, so that it is denied together with that one.</summary>
    public const string MakerClaim = "maker";

    /// <summary>In a share that lets its holder play the video: for pages that would ask in vain. The record of the share decides.</summary>
    public const string PlayClaim = "play";

    internal const string IssuedAtClaim = "iat";

    /// <summary>Seconds that a share lasts at most, whatever the setting is.</summary>
    public const int LongestShare = 365 * 24 * 60 * 60;

    private const int LongestToken = 8 * 1024;
    private readonly JsonWebTokenHandler _handler = new() { SetDefaultTimesOnTokenCreation = false };
    private readonly TokenOptions _options;
    private readonly OwnTokens _own;
    private readonly ProviderKeys? _provider;
    private readonly ClaimNames _providerClaims;
    private readonly TimeProvider _time;
    private readonly TokenRefusals? _refusals;
    private readonly DeniedTokens? _denied;

    /// <summary>For tokens of one key alone; see <see cref="SigningKey"/>.</summary>
    public TokenService(TokenOptions options, byte[] key, TimeProvider time)
        : this(options, new TokenKeys(key, null), provider: null, time, refusals: null, denied: null)
    {
    }

    internal TokenService(TokenOptions options, TokenKeys keys, ProviderKeys? provider, TimeProvider time, TokenRefusals? refusals, DeniedTokens? denied)
    {
        (_options, _provider, _time, _refusals) = (options, options.HasProvider ? provider : null, time, refusals);
        _denied = denied;
        (_own, _providerClaims) = (new OwnTokens(options, keys), TokenClaims.OfProvider(options));
    }

    /// <summary>A token for <paramref name="subject"/>, valid from now.</summary>
    /// <exception cref="InvalidOperationException">The token would be refused. The message is a sentence for the operator.</exception>
    public string Mint(string subject, IEnumerable<string> scopes, TimeSpan lifetime, IReadOnlyList<string>? roles = null, string? tenant = null)
    {
        if (lifetime > _options.MaxLifetime)
            throw new InvalidOperationException($"A token lasts at most {_options.MaxLifetimeHours} hours (Ingestion:Token:MaxLifetimeHours).");
        if (tenant is not null && !Subject.IsValid(tenant))
            throw new InvalidOperationException("A tenant has 1 to 128 characters, no blanks at its ends, and no control or format characters.");
        var now = _time.GetUtcNow();
        var spoken = roles is { Count: > 0 } ? string.Join(' ', roles) : null;
        return Create(subject, scopes, MediaId.New(now), now, now + lifetime, (RoleClaim, spoken), (TenantClaim, tenant));
    }

    /// <summary>
    /// A token that shows one video of <paramref name="owner"/> to its holder. It counts while <paramref name="share"/> stands in the video's record.
    /// </summary>
    public string MintShare(string owner, string videoId, VideoShare share) =>
        Create(owner, [Scopes.Share], share.Id, _time.GetUtcNow(), share.ExpiresAt, (VideoClaim, videoId), (MakerClaim, share.MadeBy),
            (PlayClaim, share.MayPlay ? "true" : null));

    /// <summary>Checks a token. This is the only way in: requests, WebSockets and renewals of tokens on open sockets come here.</summary>
    internal async ValueTask<TokenCheck> ValidateAsync(string token)
    {
        if (Read(token) is not { } jwt)
            return Refuse(RefusalReason.Malformed);
        var isOwn = jwt.Issuer == _own.Issuer;
        // The iss is not verified yet. It only chooses between the rules, and leads to no address.
        var (rules, reason) = isOwn ? KeyLookup.Of(_own.Find(jwt.Kid)) : _provider is null ? KeyLookup.Foreign : await _provider.FindAsync(jwt.Issuer, jwt.Kid);
        if (rules is null)
            return Refuse(reason, reason is RefusalReason.NoProvider ? TokenRefusal.Unavailable : TokenRefusal.Invalid);
        var result = await _handler.ValidateTokenAsync(jwt, rules);
        return result.IsValid ? CheckClaims(jwt, isOwn) : Refuse(RefusalReason.Of(result.Exception));
    }

    private TokenCheck CheckClaims(JsonWebToken jwt, bool isOwn)
    {
        if (TokenClaims.TryRead(jwt.EncodedPayload, isOwn ? TokenClaims.Own : _providerClaims) is not { } claims)
            return Refuse(RefusalReason.Subject);
        var now = _time.GetUtcNow().UtcDateTime;
        if (jwt.ValidTo == DateTime.MinValue || jwt.ValidFrom > now + _options.ClockSkew)
            return Refuse(RefusalReason.Lifetime);
        if (jwt.ValidTo <= now - _options.ClockSkew)
            return Refuse(RefusalReason.Expired, TokenRefusal.Expired);
        var issued = jwt.IssuedAt == DateTime.MinValue ? 0 : new DateTimeOffset(jwt.IssuedAt, TimeSpan.Zero).ToUnixTimeSeconds();
        if (_denied is { IsKnown: false })
            return Refuse(RefusalReason.NoDenyList, TokenRefusal.Unavailable);
        if (_denied?.Denies(new TokenIdentity(claims.User, TokenIdentity.NumberOf(claims.Id), TokenIdentity.NumberOf(claims.Maker), issued)) is true)
            return Refuse(RefusalReason.Revoked, TokenRefusal.Revoked);
        if (LastsTooLong(jwt, isOwn && claims.IsShare, now))
            return Refuse(RefusalReason.TooLong);
        return new TokenCheck(claims.ToIdentity(jwt.ValidTo, issued), TokenRefusal.None, jwt);
    }

    private TokenCheck Refuse(string reason, TokenRefusal refusal = TokenRefusal.Invalid)
    {
        _refusals?.Refused(reason);
        return TokenCheck.Refused(refusal);
    }

    private bool LastsTooLong(JsonWebToken jwt, bool isShare, DateTime now)
    {
        if ((isShare ? TimeSpan.FromSeconds(LongestShare) : _options.MaxLifetime) is not { } longest)
            return false;
        // An iat in the future would make any exp look near.
        var from = jwt.IssuedAt == DateTime.MinValue || jwt.IssuedAt > now ? now : jwt.IssuedAt;
        return jwt.ValidTo - from > longest + _options.ClockSkew;
    }

    /// <summary>Three parts are a signed token. Five are an encrypted one, which is never accepted.</summary>
    private static JsonWebToken? Read(string token)
    {
        if (token.Length > LongestToken || token.AsSpan().Count('.') != 2)
            return null;
        try
        {
            var jwt = new JsonWebToken(token);
            return IsTokenType(jwt.Typ) && !jwt.TryGetHeaderValue<object>("crit", out _) ? jwt : null;
        }
        catch (Exception e) when (e is ArgumentException or FormatException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Other types, like those of logout or of a client's own assertion, are signed with the same keys and are no access tokens.</summary>
    private static bool IsTokenType(string? type) =>
        string.IsNullOrEmpty(type) || type.Equals("JWT", StringComparison.OrdinalIgnoreCase) || type.Equals("at+jwt", StringComparison.OrdinalIgnoreCase)
        || type.Equals("application/at+jwt", StringComparison.OrdinalIgnoreCase);

    private string Create(
        string subject, IEnumerable<string> scopes, string id, DateTimeOffset now, DateTimeOffset expires, params (string Name, string? Value)[] more)
    {
        if (!Subject.IsValid(subject))
            throw new InvalidOperationException("A user id has 1 to 128 characters, no blanks at its ends, and no control or format characters.");
        var claims = new Dictionary<string, object> { ["sub"] = subject, ["scope"] = string.Join(' ', scopes), [IdClaim] = id };
        foreach (var (name, value) in more)
        {
            if (value is not null)
                claims[name] = value;
        }

        return _handler.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = _own.Issuer,
            Audience = _options.Audience,
            IssuedAt = now.UtcDateTime,
            NotBefore = now.UtcDateTime,
            Expires = expires.UtcDateTime,
            Claims = claims,
            SigningCredentials = _own.Credentials,
        });
    }
}
