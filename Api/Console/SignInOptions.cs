using System.ComponentModel.DataAnnotations;
using Ingestion.Api.Auth;

namespace Ingestion.Api.Console;

/// <summary>
/// How users of the console sign in at an identity provider: OpenID Connect with an authorisation code and PKCE, as a public client without a secret. Section
/// <c>Ingestion:Console:SignIn</c>.
/// </summary>
public sealed class SignInOptions : IValidatableObject
{
    private const string OpenId = "openid";

    /// <summary>The id that the provider has given to the console. Empty: the console does not sign in at a provider.</summary>
    public string ClientId { get; set; } = "";

    /// <summary>Address of the provider, as <see cref="TokenOptions.Authority"/>. Empty: that one.</summary>
    public string Authority { get; set; } = "";

    /// <summary>Scopes that the console requests, separated by blanks.</summary>
    public string Scope { get; set; } = $"{OpenId} {string.Join(' ', Scopes.Default)}";

    /// <summary>The <c>audience</c> of the request, for providers that need it to give a token for an API. Empty: none.</summary>
    public string Audience { get; set; } = "";

    internal bool IsOn => ClientId.Length > 0;

    /// <summary>What the page has to be allowed to connect to, as a source of a content security policy.</summary>
    internal string Origin => OriginOf(Authority);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!IsOn && (Authority.Length > 0 || Audience.Length > 0))
            yield return Error($"{nameof(ClientId)} must be set where the console signs in at a provider", nameof(ClientId));
        if (Authority.Length > 0 && !IsUsable(Authority))
            yield return Error($"{nameof(Authority)} must be an https address (http on loopback only), not of IPv6 and without a query: {Authority}",
                nameof(Authority));
        // Without it there is no id token, which has the nonce.
        if (IsOn && !Scope.Split(' ').Contains(OpenId))
            yield return Error($"{nameof(Scope)} must have {OpenId} among its words: {Scope}", nameof(Scope));
    }

    /// <summary>A content security policy has no form for addresses of IPv6, so that the page could not connect.</summary>
    internal static bool IsUsable(string authority) =>
        TokenOptions.IsSafeAddress(authority) && new Uri(authority) is { Query: "", HostNameType: not UriHostNameType.IPv6 };

    internal static string OriginOf(string address) => Uri.TryCreate(address, UriKind.Absolute, out var uri)
        ? $"{uri.Scheme}://{(uri.HostNameType is UriHostNameType.Dns ? uri.IdnHost : uri.Host)}{(uri.IsDefaultPort ? "" : $":{uri.Port}")}"
        : "";

    private static ValidationResult Error(string message, string member) => new(message, [member]);
}
