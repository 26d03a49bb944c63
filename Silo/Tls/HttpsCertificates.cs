using System.Collections.Concurrent;
using Microsoft.AspNetCore.Server.Kestrel;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Ingestion.Silo.Tls;

/// <summary>
/// The certificates that the listener shows to clients. It calls back when it begins to use an endpoint of <c>Kestrel:Endpoints</c>: at the start, and again
/// when the file of the certificate is another. It does not when an endpoint is taken out of the settings: what is not there any more does not count. The ones of
/// <c>--urls</c> stay what they are. Certificates for names of their own (<c>Sni</c>) are not known.
/// </summary>
internal sealed class HttpsCertificates
{
    private readonly ConcurrentDictionary<object, HttpsConnectionAdapterOptions> _shown = new();
    private IConfiguration? _endpoints;

    /// <summary>When the first of them ends; null where there is none.</summary>
    public DateTimeOffset? End => _shown.Where(shown => IsUsed(shown.Key)).Min(shown => EndOf(shown.Value));

    /// <summary>Notes what the listener uses.</summary>
    public void Follow(KestrelServerOptions server)
    {
        if (server.ConfigurationLoader is { } loader && loader.Configuration.GetSection("Endpoints").GetChildren().ToArray() is { Length: > 0 } endpoints)
        {
            _endpoints = loader.Configuration.GetSection("Endpoints");
            foreach (var endpoint in endpoints)
                loader.Endpoint(endpoint.Key, used => Note(endpoint.Key, used));
        }
        else
        {
            server.ConfigureHttpsDefaults(options => _shown[options] = options);
        }
    }

    private void Note(string name, EndpointConfiguration endpoint)
    {
        if (endpoint.IsHttps)
            _shown[name] = endpoint.HttpsOptions;
        else
            _shown.TryRemove(name, out _);
    }

    private bool IsUsed(object endpoint) => endpoint is not string name || _endpoints?.GetSection(name).Exists() is true;

    private static DateTimeOffset? EndOf(HttpsConnectionAdapterOptions options) =>
        options.ServerCertificate is { } certificate ? new DateTimeOffset(certificate.NotAfter) : null;
}
