using System.Buffers.Text;
using System.Globalization;
using System.Security.Claims;
using System.Text.Json;

namespace Ingestion.Api.Auth;

/// <summary>Which claims of an issuer's tokens are read.</summary>
/// <param name="User">The claim that becomes the user id.</param>
/// <param name="Scopes">The claims that may hold the scopes; the first that does counts.</param>
/// <param name="TakesScopeList">Whether scopes may be a list, too.</param>
internal sealed record ClaimNames(string User, IReadOnlyList<string> Scopes, bool TakesScopeList);

/// <summary>
/// The claims that are used here. They are read from the payload itself: the library gives a number as text, a null as text that is null and a
/// list as its JSON. A claim of a kind that is not expected counts as absent.
/// </summary>
internal sealed record TokenClaims(string User, IReadOnlyList<string> Scopes, IReadOnlyList<string> Roles, string? Video, string? Id, string? Maker)
{
    // A name that stands twice could mean one thing to the issuer and another one here.
    private static readonly JsonDocumentOptions _strict = new() { AllowDuplicateProperties = false };

    public static ClaimNames Own { get; } = new("sub", ["scope"], TakesScopeList: false);

    /// <summary>Whether the token shows one video and does nothing else.</summary>
    public bool IsShare => Video is not null && Scopes is [Auth.Scopes.Share];

    public static ClaimNames OfProvider(TokenOptions options) => new(options.UserClaim, options.ScopeClaims, TakesScopeList: true);

    /// <summary>Null: there is no usable user id, or the payload is no object of unique names.</summary>
    public static TokenClaims? TryRead(string payload, ClaimNames names)
    {
        try
        {
            using var json = JsonDocument.Parse(Base64Url.DecodeFromChars(payload), _strict);
            var root = json.RootElement;
            return root.ValueKind is JsonValueKind.Object && Text(root, names.User) is { } user && Subject.IsValid(user)
                ? new TokenClaims(
                    user,
                    ScopesOf(root, names),
                    Words(root, TokenService.RoleClaim, takesList: true),
                    Text(root, TokenService.VideoClaim),
                    Text(root, TokenService.IdClaim),
                    Text(root, TokenService.MakerClaim))
                : null;
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
        {
            // Invalid: JSON, base64, or text (half a surrogate pair).
            return null;
        }
    }

    public ClaimsIdentity ToIdentity(DateTime expires, long issuedAt)
    {
        var seconds = new DateTimeOffset(expires, TimeSpan.Zero).ToUnixTimeSeconds();
        var claims = new List<Claim>(capacity: 6 + Scopes.Count + Roles.Count) { new("sub", User), new("exp", seconds.ToString(CultureInfo.InvariantCulture)) };
        if (issuedAt > 0)
            claims.Add(new Claim(TokenService.IssuedAtClaim, issuedAt.ToString(CultureInfo.InvariantCulture)));
        if (Id is not null)
            claims.Add(new Claim(TokenService.IdClaim, Id));
        if (Maker is not null)
            claims.Add(new Claim(TokenService.MakerClaim, Maker));
        if (Video is not null)
            claims.Add(new Claim(TokenService.VideoClaim, Video));
        foreach (var scope in Scopes)
            claims.Add(new Claim("scope", scope));
        foreach (var role in Roles)
            claims.Add(new Claim(TokenService.RoleClaim, role));
        return new ClaimsIdentity(claims, AuthRegistration.Scheme, "sub", "scope");
    }

    private static string[] ScopesOf(JsonElement root, ClaimNames names)
    {
        foreach (var name in names.Scopes)
        {
            if (Words(root, name, names.TakesScopeList) is { Length: > 0 } scopes)
                return scopes;
        }

        return [];
    }

    private static string? Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;

    private static string[] Words(JsonElement root, string name, bool takesList)
    {
        if (!root.TryGetProperty(name, out var value))
            return [];
        if (value.ValueKind is JsonValueKind.String)
            return value.GetString()!.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return takesList && value.ValueKind is JsonValueKind.Array
            ? [.. value.EnumerateArray().Where(item => item.ValueKind is JsonValueKind.String).Select(item => item.GetString()!)]
            : [];
    }
}
