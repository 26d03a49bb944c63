using Ingestion.Api.Auth;
using Ingestion.Api.Auth.Provider;
using Ingestion.Doctor;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace Ingestion.Api.Console;

/// <summary>The sign-in of the console at an identity provider: whether the provider's document has what the page needs of it.</summary>
internal sealed class SignInExamination(IOptions<SignInOptions> options, IOptions<TokenOptions> tokens, IDocumentRetriever documents) : IExamination
{
    private readonly SignInOptions _options = options.Value;

    public IEnumerable<Look> Looks => _options.IsOn
        ? [new Look("console sign-in", "correct Ingestion:Console:SignIn, or the client at the provider: docs/use/console.md", ExamineAsync)]
        : [];

    private async Task<Diagnosis> ExamineAsync(CancellationToken stop)
    {
        var document = await documents.DescribeAsync(_options.Authority, stop);
        if (Mistake(document) is { } mistake)
            return Diagnosis.Wrong(mistake);
        var accepted = tokens.Value.Issuer is { Length: > 0 } issuer ? issuer : (await documents.DescribeAsync(tokens.Value.Authority, stop)).Issuer;
        return document.Issuer != accepted
            ? Diagnosis.Warning($"users sign in at {document.Issuer}, and only tokens of {accepted} are accepted")
            : Diagnosis.Ok($"as {_options.ClientId} at {document.Issuer}");
    }

    /// <summary>What the page would refuse.</summary>
    private string? Mistake(OpenIdConnectConfiguration document)
    {
        if (document.Issuer?.TrimEnd('/') != _options.Authority.TrimEnd('/'))
            return $"the provider at {_options.Authority} calls itself {document.Issuer}: the page refuses that";
        if (string.IsNullOrEmpty(document.AuthorizationEndpoint) || string.IsNullOrEmpty(document.TokenEndpoint))
            return "its document has no authorization_endpoint, or no token_endpoint";
        if (SignInOptions.OriginOf(document.TokenEndpoint) != _options.Origin)
            return $"its token_endpoint is {document.TokenEndpoint}, and the page may connect to {_options.Origin} only";
        // Many providers that take S256 do not say so.
        return document.CodeChallengeMethodsSupported is { Count: > 0 } methods && !methods.Contains("S256") ? "it takes no code challenge of S256" : null;
    }
}
