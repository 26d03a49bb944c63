using Microsoft.IdentityModel.Protocols;

namespace Ingestion.Api.Auth.Provider;

/// <summary>
/// Reads the documents of an identity provider: the configured one, and the key set that it names. No redirect is followed, so that nothing else is
/// ever fetched, and a document has an end.
/// </summary>
internal sealed class ProviderDocuments : IDocumentRetriever, IDisposable
{
    private const int LongestDocument = 1024 * 1024;

    // Requests of users wait for it.
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(5);

    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
    {
        Timeout = _timeout,
        MaxResponseContentBufferSize = LongestDocument,
    };

    /// <summary>Where an OpenID Connect provider describes itself.</summary>
    public static string AddressOf(string authority) => $"{authority.TrimEnd('/')}/.well-known/openid-configuration";

    public async Task<string> GetDocumentAsync(string address, CancellationToken cancel)
    {
        if (!TokenOptions.IsSafeAddress(address))
            throw new IOException($"{address} is not https.");
        using var answer = await _http.GetAsync(new Uri(address), cancel);
        return answer.IsSuccessStatusCode
            ? await answer.Content.ReadAsStringAsync(cancel)
            : throw new HttpRequestException($"{address} answered {(int)answer.StatusCode}.", inner: null, answer.StatusCode);
    }

    public void Dispose() => _http.Dispose();
}
