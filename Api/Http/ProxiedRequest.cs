using Ingestion.Api.Problems;
using Microsoft.AspNetCore.HttpOverrides;

namespace Ingestion.Api.Http;

/// <summary>
/// Gives a request that trusted proxies passed on the client's address, scheme, host and path prefix, as the framework's forwarded headers
/// middleware reads them. These become parts of links, and the framework takes any scheme, port and prefix: what can't be part of a link
/// is undone here. A request without a host, or for a host that is not served, is refused.
/// </summary>
internal sealed class ProxiedRequest(RequestDelegate next, IOptions<HttpOptions> options, ILoggerFactory loggers)
{
    private const int LongestPrefix = 256;

    private readonly ForwardedHeadersMiddleware _forwarded = new(next, loggers, Options.Create(Trust(options.Value)));

    private readonly KnownHosts _hosts = new(options.Value);

    public Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        if (!KnownHosts.IsWellFormed(request.Host))
            return Problem.HostInvalid.ToResult().ExecuteAsync(context);
        var (scheme, host, prefix) = (request.Scheme, request.Host, request.PathBase);
        _forwarded.ApplyForwarders(context);
        if (request.Scheme is not ("http" or "https"))
            request.Scheme = scheme;
        if (!KnownHosts.IsWellFormed(request.Host))
            request.Host = host;
        if (!IsPrefix(request.PathBase.Value ?? ""))
            request.PathBase = prefix;
        request.PathBase = request.PathBase.Value?.TrimEnd('/');
        if (request.Scheme != scheme || request.Host != host || request.PathBase != prefix)
            context.MarkForwarded();
        return _hosts.Has(request.Host) || IsProbe(request.Path) ? next(context) : Problem.HostInvalid.ToResult().ExecuteAsync(context);
    }

    /// <summary>Balancers and scrapers come by the silo's own address, and are given no links.</summary>
    private static bool IsProbe(PathString path) =>
        path.StartsWithSegments("/health") || path.StartsWithSegments("/healthz") || path.StartsWithSegments("/metrics");

    private static ForwardedHeadersOptions Trust(HttpOptions http)
    {
        var trust = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.All, ForwardLimit = null };
        trust.KnownProxies.Clear();
        trust.KnownIPNetworks.Clear();
        foreach (var network in http.Proxies())
            trust.KnownIPNetworks.Add(network);
        // Without any known network the framework believes every sender.
        if (trust.KnownIPNetworks.Count == 0)
            trust.ForwardedHeaders = ForwardedHeaders.None;
        return trust;
    }

    private static bool IsPrefix(string prefix) =>
        prefix.Length <= LongestPrefix && !prefix.Contains("//", StringComparison.Ordinal) && !prefix.Contains("..", StringComparison.Ordinal)
        && prefix.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '-' or '_' or '.' or '~');
}
