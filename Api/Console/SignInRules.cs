using Ingestion.Api.Auth;

namespace Ingestion.Api.Console;

/// <summary>How the sign-in of the console fits what the API accepts: a token that the API refuses would sign in to nothing.</summary>
public static class SignInRules
{
    private const string Section = "Ingestion:Console:SignIn";

    /// <summary>Why the silo must not start; null when it may.</summary>
    public static string? Mistake(SignInOptions signIn, TokenOptions tokens)
    {
        if (!signIn.IsOn)
            return null;
        if (!tokens.HasProvider)
            return $"{Section}:ClientId needs an identity provider whose tokens are accepted: set Ingestion:Token:Authority";
        if (AuthorityOf(signIn, tokens).Length == 0)
            return $"{Section}:Authority must be set where Ingestion:Token:JwksUrl is in place of Ingestion:Token:Authority";
        if (!SignInOptions.IsUsable(AuthorityOf(signIn, tokens)))
            return $"{Section}:Authority must be set: a page can't connect to Ingestion:Token:Authority, an address of IPv6 or with a query";
        return null;
    }

    /// <summary>The provider of the tokens, unless another one is set; none where the console does not use it.</summary>
    internal static string AuthorityOf(SignInOptions signIn, TokenOptions tokens) =>
        signIn.IsOn && signIn.Authority.Length == 0 ? tokens.Authority : signIn.Authority;
}
