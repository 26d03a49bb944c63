using System.Diagnostics.Metrics;
using Ingestion.Api.Http;
using Microsoft.IdentityModel.Tokens;

namespace Ingestion.Api.Auth;

/// <summary>
/// Counts refused tokens by reason, and logs each reason at most once a minute: callers without a token repeat requests as they like, and must not
/// be able to multiply lines.
/// </summary>
internal sealed partial class TokenRefusals(IMeterFactory meters, IOptions<TokenOptions> options, TimeProvider time, ILogger<TokenRefusals> logger)
{
    private static readonly TimeSpan _quiet = TimeSpan.FromMinutes(1);

    private readonly Counter<long> _refused = meters.Create("Ingestion")
        .CreateCounter<long>("ingestion.token.refused", "{token}", "Tokens refused, by reason.");
    private readonly LinePace _lines = new(_quiet, time);

    /// <summary>A token was refused. <paramref name="reason"/> is one of <see cref="RefusalReason"/>.</summary>
    public void Refused(string reason)
    {
        _refused.Add(1, new KeyValuePair<string, object?>("error.type", reason));
        if (_lines.Count(reason) is { } tokens)
            LogRefused(tokens, reason, options.Value.Key.Length > 0 ? "of Ingestion:Token:Key" : options.Value.KeyFile, options.Value.OwnIssuer,
                options.Value.Audience);
    }

    [LoggerMessage(EventName = "TokensRefused", Level = LogLevel.Warning,
        Message = "{Count} tokens refused: {Reason}. They need the key {Key}, the issuer {Issuer} and the audience {Audience}")]
    private partial void LogRefused(long count, string reason, string key, string issuer, string audience);
}

/// <summary>Why a token is refused, without revealing anything of the token itself. A closed list: each is a value of a metric's tag.</summary>
internal static class RefusalReason
{
    public const string Malformed = "malformed";
    public const string Signature = "wrong signature";
    public const string Algorithm = "wrong algorithm";
    public const string Issuer = "wrong issuer";
    public const string Audience = "wrong audience";
    public const string Subject = "no usable sub";
    public const string Lifetime = "no exp, or not valid yet";
    public const string Expired = "expired";
    public const string TooLong = "lasts longer than Ingestion:Token:MaxLifetimeHours";
    public const string UnknownKey = "kid that the identity provider does not publish";
    public const string NoProvider = "keys of the identity provider not available";
    public const string Revoked = "revoked";
    public const string NoDenyList = "deny list not read yet";
    public const string Other = "not valid";

    /// <summary>Of what the validation of the library found.</summary>
    public static string Of(Exception? failure) => failure switch
    {
        ArgumentException => Malformed,
        SecurityTokenInvalidAlgorithmException => Algorithm,
        SecurityTokenInvalidSignatureException => Signature,
        SecurityTokenInvalidIssuerException => Issuer,
        SecurityTokenInvalidAudienceException => Audience,
        SecurityTokenExpiredException => Expired,
        SecurityTokenNotYetValidException or SecurityTokenNoExpirationException or SecurityTokenInvalidLifetimeException => Lifetime,
        _ => Other,
    };
}
