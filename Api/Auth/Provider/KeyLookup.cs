using Microsoft.IdentityModel.Tokens;

namespace Ingestion.Api.Auth.Provider;

/// <summary>The rules that a token must be checked by, or why there are none.</summary>
/// <param name="Rules">Null: there is no key for it.</param>
/// <param name="Reason">Then one of <see cref="RefusalReason"/>.</param>
internal readonly record struct KeyLookup(TokenValidationParameters? Rules, string Reason = "")
{
    /// <summary>It is of no issuer that is known here.</summary>
    public static KeyLookup Foreign => new(null, RefusalReason.Issuer);

    /// <summary>No keys could be fetched yet.</summary>
    public static KeyLookup Unavailable => new(null, RefusalReason.NoProvider);

    public static KeyLookup Of(TokenValidationParameters? rules) => new(rules, rules is null ? RefusalReason.UnknownKey : "");
}
