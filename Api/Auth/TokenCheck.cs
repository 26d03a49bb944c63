using System.Security.Claims;
using Microsoft.IdentityModel.Tokens;

namespace Ingestion.Api.Auth;

/// <summary>Why a token is refused.</summary>
internal enum TokenRefusal
{
    /// <summary>It is not, because there is a user.</summary>
    None,

    /// <summary>It never was a token of ours, or is not valid yet.</summary>
    Invalid,

    /// <summary>It was valid before.</summary>
    Expired,

    /// <summary>The identity provider's keys, or the deny list, are not known yet, so the token can't be judged.</summary>
    Unavailable,

    /// <summary>It stands in the deny list, or the token that made it does.</summary>
    Revoked,
}

/// <summary>The outcome of a check: a user, or a refusal.</summary>
/// <param name="User">The user with the claims that are used here.</param>
/// <param name="Refusal">Set when there is no user.</param>
/// <param name="Token">The token of the user.</param>
internal readonly record struct TokenCheck(ClaimsIdentity? User, TokenRefusal Refusal, SecurityToken? Token)
{
    public static TokenCheck Refused(TokenRefusal refusal) => new(null, refusal, null);
}

/// <summary>A refusal in the form that the framework's handler passes on. Never thrown, so one object for each is enough.</summary>
internal sealed class TokenRefusedException(TokenRefusal refusal, string message) : SecurityTokenException(message)
{
    public static readonly TokenRefusedException Invalid = new(TokenRefusal.Invalid, "The token is not valid.");
    public static readonly TokenRefusedException Expired = new(TokenRefusal.Expired, "The token has expired.");
    public static readonly TokenRefusedException Revoked = new(TokenRefusal.Revoked, "The token has been revoked.");
    public static readonly TokenRefusedException Unavailable = new(TokenRefusal.Unavailable, "The token can not be checked now.");

    public TokenRefusal Refusal { get; } = refusal;

    public static TokenRefusedException Of(TokenRefusal refusal) => refusal switch
    {
        TokenRefusal.Expired => Expired,
        TokenRefusal.Unavailable => Unavailable,
        TokenRefusal.Revoked => Revoked,
        _ => Invalid,
    };
}

/// <summary>Puts our check in the place of the framework's, so that there is one for requests and for sockets.</summary>
internal sealed class BearerTokenHandler(TokenService tokens) : TokenHandler
{
    public override async Task<TokenValidationResult> ValidateTokenAsync(string token, TokenValidationParameters validationParameters)
    {
        var check = await tokens.ValidateAsync(token);
        return check.User is { } user
            ? new TokenValidationResult { IsValid = true, ClaimsIdentity = user, SecurityToken = check.Token }
            : new TokenValidationResult { IsValid = false, Exception = TokenRefusedException.Of(check.Refusal) };
    }
}
