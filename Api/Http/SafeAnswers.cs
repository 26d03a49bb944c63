using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;

namespace Ingestion.Api.Http;

/// <summary>
/// Fields that every answer has, whatever code writes it: browsers do not guess another media type (nosniff); caches
/// do not serve the JSON of one caller to another; a silo that ends TLS itself sends Strict-Transport-Security.
/// </summary>
internal sealed class SafeAnswers(IOptions<HttpOptions> options) : IStartupFilter
{
    private readonly string? _hsts = options.Value.HstsSeconds > 0 ? $"max-age={options.Value.HstsSeconds}" : null;

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use((context, following) =>
        {
            // At the last moment: an exception takes with it what was set before.
            context.Response.OnStarting(static state => Complete((HttpContext)state), context);
            if (_hsts is not null && context.Features.Get<ITlsHandshakeFeature>() is not null && !IsThisMachine(context.Request.Host))
                context.Items[typeof(SafeAnswers)] = _hsts;
            return following(context);
        });
        next(app);
    };

    private static Task Complete(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        if (context.Response.ContentType is { } type && IsJson(type))
        {
            if (headers.CacheControl.Count == 0)
                headers.CacheControl = "no-store";
            if (!headers.Vary.ToString().Contains("Authorization", StringComparison.OrdinalIgnoreCase))
                headers.Append("Vary", "Authorization");
        }

        if (context.Items.TryGetValue(typeof(SafeAnswers), out var hsts))
            headers.StrictTransportSecurity = (string?)hsts;
        return Task.CompletedTask;
    }

    private static bool IsJson(string type) => type.StartsWith("application/json", StringComparison.Ordinal)
        || type.StartsWith("application/problem+json", StringComparison.Ordinal);

    /// <summary>A browser would refuse every other thing that listens on this machine without TLS.</summary>
    private static bool IsThisMachine(HostString host) => host.Host is "localhost" or "127.0.0.1" or "[::1]";
}
