using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Tokens;

namespace Ingestion.Tests.Unit.Auth.Provider;

/// <summary>A small OpenID provider on a port of its own. It counts every request, whatever the path is.</summary>
internal sealed class IdentityProvider : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, object> _keys = new();
    private readonly ConcurrentQueue<string> _requested = new();
    private WebApplication _app = null!;

    private IdentityProvider()
    {
    }

    public Uri Address { get; private set; } = null!;

    /// <summary>The <c>iss</c> of its tokens.</summary>
    public string Issuer => Address.GetLeftPart(UriPartial.Authority) + "/realm";

    public string JwksUrl => Address + "keys";

    /// <summary>Paths in the order in which they were requested.</summary>
    public IReadOnlyCollection<string> Requested => _requested;

    /// <summary>What it answers instead of its documents; null: the documents.</summary>
    public Func<HttpContext, Task>? Instead { get; set; }

    public static async Task<IdentityProvider> StartAsync(Uri? address = null)
    {
        var provider = new IdentityProvider();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(address?.GetLeftPart(UriPartial.Authority) ?? "http://127.0.0.1:0");
        provider._app = builder.Build();
        provider._app.Run(provider.AnswerAsync);
        await provider._app.StartAsync();
        provider.Address = new Uri(provider._app.Urls.Single() + "/");
        return provider;
    }

    /// <summary>Publishes a key; the same one again replaces it.</summary>
    public void Publish(string kid, AsymmetricAlgorithm key, params (string Name, object Value)[] members)
    {
        var jwk = JsonWebKeyConverter.ConvertFromSecurityKey(key is RSA rsa
            ? new RsaSecurityKey(rsa.ExportParameters(includePrivateParameters: false))
            : new ECDsaSecurityKey(ECDsa.Create(((ECDsa)key).ExportParameters(includePrivateParameters: false))));
        var published = new Dictionary<string, object> { ["kty"] = jwk.Kty, ["kid"] = kid };
        foreach (var (name, value) in key is RSA ? (IEnumerable<(string, object)>)[("n", jwk.N), ("e", jwk.E)] : [("crv", jwk.Crv), ("x", jwk.X), ("y", jwk.Y)])
            published[name] = value;
        foreach (var (name, value) in members)
            published[name] = value;
        _keys[kid] = published;
    }

    public void PublishRaw(string kid, object key) => _keys[kid] = key;

    public void Withdraw(string kid) => _keys.TryRemove(kid, out _);

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private Task AnswerAsync(HttpContext context)
    {
        _requested.Enqueue(context.Request.Path);
        if (Instead is { } instead)
            return instead(context);
        return context.Request.Path.Value switch
        {
            "/realm/.well-known/openid-configuration" => context.Response.WriteAsync(
                JsonSerializer.Serialize(new Dictionary<string, string> { ["issuer"] = Issuer, ["jwks_uri"] = JwksUrl })),
            "/keys" => context.Response.WriteAsync(JsonSerializer.Serialize(new { keys = _keys.Values })),
            _ => Task.FromResult(context.Response.StatusCode = StatusCodes.Status404NotFound),
        };
    }
}
