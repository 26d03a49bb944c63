using System.ComponentModel.DataAnnotations;

namespace Ingestion.Api.Auth;

/// <summary>
/// Which bearer tokens are accepted: HS256 with the key below, and those of one identity provider where <see cref="Authority"/> or
/// <see cref="JwksUrl"/> is set. Section <c>Ingestion:Token</c>.
/// </summary>
public sealed class TokenOptions : IValidatableObject
{
    /// <summary>The <c>iss</c> of tokens that are signed with the key, where an identity provider has taken <see cref="Issuer"/>.</summary>
    internal const string OwnIssuerName = "ingestion";

    private static readonly string[] _known = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"];

    /// <summary>The shared key, base64, at least 32 bytes. Empty: the key file is used, and in Development made on first run.</summary>
    public string Key { get; set; } = "";

    /// <summary>Path of a file that holds the key in base64, readable by its owner only.</summary>
    public string KeyFile { get; set; } = "";

    /// <summary>
    /// A second key that is accepted and never signs, for rotation; base64, at least 32 bytes. Empty: none, unless <see cref="SecondKeyFile"/> is
    /// set.
    /// </summary>
    public string SecondKey { get; set; } = "";

    /// <summary>Path of a file that holds the second key. The file must exist where this is set.</summary>
    public string SecondKeyFile { get; set; } = "";

    /// <summary>
    /// The <c>iss</c> a token must have. With an identity provider: the provider's, empty where the provider's own document has it; tokens of the
    /// key then have <c>ingestion</c>.
    /// </summary>
    public string Issuer { get; set; } = "";

    /// <summary>The <c>aud</c> a token must have.</summary>
    [Required]
    public string Audience { get; set; } = "ingestion";

    /// <summary>Seconds by which the clocks of issuer and service may differ.</summary>
    [Range(0, 300)]
    public int ClockSkewSeconds { get; set; } = 5;

    /// <summary>Hours from <c>iat</c> to <c>exp</c> that a token may last at most; a share has 365 days regardless. 0: no limit.</summary>
    [Range(0, 24 * 3660)]
    public int MaxLifetimeHours { get; set; } = 24 * 31;

    /// <summary>Address of an OpenID Connect provider; <c>/.well-known/openid-configuration</c> is read below it. https, or http on loopback.</summary>
    public string Authority { get; set; } = "";

    /// <summary>Address of a provider's key set (JWKS), where it has no OpenID document. https, or http on loopback.</summary>
    public string JwksUrl { get; set; } = "";

    /// <summary>Signature algorithms of the provider, comma-separated. HS256 is never one of them.</summary>
    public string Algorithms { get; set; } = "RS256, ES256";

    /// <summary>The claim of the provider's tokens that becomes the user id. It must be one that users can't change.</summary>
    [Required]
    public string UserClaim { get; set; } = "sub";

    /// <summary>
    /// The claim of the provider's tokens that holds the scopes, as text with blanks or as a list. Empty: <c>scope</c>, or <c>scp</c> where that is
    /// absent.
    /// </summary>
    public string ScopeClaim { get; set; } = "";

    internal bool HasProvider => Authority.Length > 0 || JwksUrl.Length > 0;

    /// <summary>The <c>iss</c> of tokens that are signed with the key.</summary>
    internal string OwnIssuer => HasProvider || Issuer.Length == 0 ? OwnIssuerName : Issuer;

    internal TimeSpan ClockSkew => TimeSpan.FromSeconds(ClockSkewSeconds);

    internal TimeSpan? MaxLifetime => MaxLifetimeHours > 0 ? TimeSpan.FromHours(MaxLifetimeHours) : null;

    internal IReadOnlyList<string> ProviderAlgorithms => Algorithms.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    internal IReadOnlyList<string> ScopeClaims => ScopeClaim.Length > 0 ? [ScopeClaim] : ["scope", "scp"];

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Authority.Length > 0 && JwksUrl.Length > 0)
            yield return Error($"{nameof(JwksUrl)} must be empty where Ingestion:Token:Authority is set", nameof(JwksUrl));
        if (Authority.Length > 0 && !IsSafeAddress(Authority))
            yield return Error($"{nameof(Authority)} must be an https address (http on loopback only): {Authority}", nameof(Authority));
        if (JwksUrl.Length > 0 && !IsSafeAddress(JwksUrl))
            yield return Error($"{nameof(JwksUrl)} must be an https address (http on loopback only): {JwksUrl}", nameof(JwksUrl));
        if (JwksUrl.Length > 0 && Issuer.Length == 0)
            yield return Error($"{nameof(Issuer)} must be the iss of the provider's tokens where Ingestion:Token:JwksUrl is set", nameof(Issuer));
        if (HasProvider && Issuer == OwnIssuerName)
            yield return Error($"{nameof(Issuer)} must be the identity provider's; {OwnIssuerName} is that of our own tokens", nameof(Issuer));
        if (ProviderAlgorithms.Count == 0)
            yield return Error($"{nameof(Algorithms)} must name at least one algorithm", nameof(Algorithms));
        foreach (var algorithm in ProviderAlgorithms.Except(_known))
            yield return Error($"{nameof(Algorithms)} must be of {string.Join(", ", _known)}, not {algorithm}", nameof(Algorithms));
    }

    /// <summary>What is sent in clear can be changed on its way, unless it never leaves the machine.</summary>
    internal static bool IsSafeAddress(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && address.UserInfo is "" && address.Fragment is ""
        && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback));

    private static ValidationResult Error(string message, string member) => new(message, [member]);
}
