using System.Collections.Concurrent;
using Microsoft.AspNetCore.Server.Kestrel;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Ingestion.Silo.Tls;

/// <summary>
/// The certificates that the listener shows to clients. It calls back when it begins to use an endpoint of <c>Kestrel:Endpoints</c>: at the start, and again
/// when the file of the certificate is another. The ones of <c>--urls</c> stay what they are. Certificates for names of their own (<c>Sni</c>) are not known.
/// </summary>
internal sealed class HttpsCertificates
{
    private readonly ConcurrentDictionary<object, HttpsConnectionAdapterOptions> _shown = new();

    /// <summary>When the first of them ends; null where there is none.</summary>
    public DateTimeOffset? End => _shown.Values.Min(options => EndOf(options));

    /// <summary>Notes what the listener uses.</summary>
    public void Follow(KestrelServerOptions server)
    {
        if (server.ConfigurationLoader is { } loader && loader.Configuration.GetSection("Endpoints").GetChildren().ToArray() is { Length: > 0 } endpoints)
        {
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

    private static DateTimeOffset? EndOf(HttpsConnectionAdapterOptions options) =>
        options.ServerCertificate is { } certificate ? new DateTimeOffset(certificate.NotAfter) : null;
}
