using Ingestion.Doctor;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Tokens;

namespace Ingestion.Api.Auth.Provider;

/// <summary>The identity provider of tokens: whether it answers, is the issuer that is expected, and has keys whose signatures are accepted.</summary>
internal sealed class ProviderExamination(IOptions<TokenOptions> options, IDocumentRetriever documents) : IExamination
{
    private readonly TokenOptions _options = options.Value;

    public IEnumerable<Look> Looks
    {
        get
        {
            if (!_options.HasProvider)
                yield break;
            var setting = _options.Authority.Length > 0 ? nameof(_options.Authority) : nameof(_options.JwksUrl);
            yield return new Look("provider", $"correct Ingestion:Token:{setting}, or let this machine reach it: {ProviderLooks.Page}", LookAtDocumentAsync);
            if (_options.Authority.Length > 0)
            {
                yield return new Look("provider issuer", "set Ingestion:Token:Issuer to the iss of the provider's tokens, or leave it empty", LookAtIssuerAsync);
            }

            yield return new Look("provider keys", "name the algorithm of the provider's tokens in Ingestion:Token:Algorithms, or let it sign by one of those",
                LookAtKeysAsync);
        }
    }

    private async Task<Diagnosis> LookAtDocumentAsync(CancellationToken stop)
    {
        var keys = await KeysAddressAsync(stop);
        if (string.IsNullOrEmpty(keys))
            return Diagnosis.Wrong($"{ProviderDocuments.AddressOf(_options.Authority)} names no jwks_uri");
        await documents.ReadAsync(keys, stop);
        return Diagnosis.Ok($"{(_options.Authority.Length > 0 ? _options.Authority : _options.JwksUrl)} answers");
    }

    private async Task<Diagnosis> LookAtIssuerAsync(CancellationToken stop)
    {
        var issuer = (await documents.DescribeAsync(_options.Authority, stop)).Issuer;
        if (_options.Issuer.Length > 0 && issuer != _options.Issuer)
            return Diagnosis.Warning($"only tokens of {_options.Issuer} are accepted, and the provider calls itself {issuer}");
        return string.IsNullOrEmpty(issuer) || issuer == TokenOptions.OwnIssuerName
            ? Diagnosis.Wrong($"it calls itself '{issuer}'")
            : Diagnosis.Ok($"tokens of {issuer} are accepted");
    }

    private async Task<Diagnosis> LookAtKeysAsync(CancellationToken stop)
    {
        var address = (await KeysAddressAsync(stop))!;
        var keys = ProviderLooks.Parse(address, await documents.ReadAsync(address, stop), text => new JsonWebKeySet(text)).Keys;
        var usable = ProviderKeySet.Of(_options.Issuer, keys, _options, before: null).Count;
        return usable > 0
            ? Diagnosis.Ok($"{usable} of {keys.Count} sign by {_options.Algorithms}")
            : Diagnosis.Wrong($"none of {keys.Count} signs by {_options.Algorithms}");
    }

    private async Task<string?> KeysAddressAsync(CancellationToken stop) =>
        _options.JwksUrl.Length > 0 ? _options.JwksUrl : (await documents.DescribeAsync(_options.Authority, stop)).JwksUri;
}
