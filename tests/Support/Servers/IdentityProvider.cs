using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Ingestion.Tests.Support.Servers;

/// <summary>A small OpenID provider on a port of its own. It counts every request, whatever the path is.</summary>
public sealed class IdentityProvider : IAsyncDisposable
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

    /// <summary>What its document has besides <c>issuer</c> and <c>jwks_uri</c>, or in their place.</summary>
    public Dictionary<string, object> Document { get; } = [];

    /// <summary>What it has besides its documents, by path.</summary>
    public Dictionary<string, Func<HttpContext, Task>> Others { get; } = [];

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
        var published = new Dictionary<string, object> { ["kty"] = key is RSA ? "RSA" : "EC", ["kid"] = kid };
        foreach (var (name, value) in key is RSA rsa ? MembersOf(rsa) : MembersOf((ECDsa)key))
            published[name] = value;
        foreach (var (name, value) in members)
            published[name] = value;
        _keys[kid] = published;
    }

    public void PublishRaw(string kid, object key) => _keys[kid] = key;

    public void Withdraw(string kid) => _keys.TryRemove(kid, out _);

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private static IEnumerable<(string Name, string Value)> MembersOf(RSA key)
    {
        var parameters = key.ExportParameters(includePrivateParameters: false);
        return [("n", Base64Url.EncodeToString(parameters.Modulus)), ("e", Base64Url.EncodeToString(parameters.Exponent))];
    }

    private static IEnumerable<(string Name, string Value)> MembersOf(ECDsa key)
    {
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        return [("crv", $"P-{key.KeySize}"), ("x", Base64Url.EncodeToString(point.X)), ("y", Base64Url.EncodeToString(point.Y))];
    }

    private Task AnswerAsync(HttpContext context)
    {
        _requested.Enqueue(context.Request.Path);
        if (Instead is { } instead)
            return instead(context);
        var path = context.Request.Path.Value!;
        if (Others.TryGetValue(path, out var other))
            return other(context);
        // Pages of other origins may read it, as of those that there are.
        context.Response.Headers.AccessControlAllowOrigin = "*";
        return path switch
        {
            "/realm/.well-known/openid-configuration" => context.Response.WriteAsync(JsonSerializer.Serialize(Describe())),
            "/keys" => context.Response.WriteAsync(JsonSerializer.Serialize(new { keys = _keys.Values })),
            _ => Task.FromResult(context.Response.StatusCode = StatusCodes.Status404NotFound),
        };
    }

    private Dictionary<string, object> Describe()
    {
        var document = new Dictionary<string, object> { ["issuer"] = Issuer, ["jwks_uri"] = JwksUrl };
        foreach (var (name, value) in Document)
            document[name] = value;
        return document;
    }
}
