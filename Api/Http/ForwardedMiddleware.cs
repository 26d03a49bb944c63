using System.Net;

namespace Ingestion.Api.Http;

/// <summary>
/// Makes a request that a trusted proxy passed on look as it did to the outermost of them: the client's address, scheme, host and path prefix.
/// From anybody else these fields mean nothing.
/// </summary>
internal sealed class ForwardedMiddleware(RequestDelegate next, IOptions<HttpOptions> options)
{
    private readonly IReadOnlyList<IPNetwork> _trusted = options.Value.Proxies();

    public Task InvokeAsync(HttpContext context)
    {
        var peer = context.Connection.RemoteIpAddress;
        if (ForwardedOrigin.IsTrusted(peer, _trusted))
            Apply(context, ForwardedOrigin.Resolve(peer, ForwardedFields.ReadHops(context.Request.Headers), _trusted), ForwardedFields.ReadPrefix(context.Request.Headers));
        return next(context);
    }

    private static void Apply(HttpContext context, ForwardedOrigin origin, string? prefix)
    {
        var request = context.Request;
        context.Connection.RemoteIpAddress = origin.Client;
        request.Scheme = origin.Scheme ?? request.Scheme;
        if (origin.Host is not null)
            request.Host = new HostString(origin.Host);
        if (prefix is not null)
            request.PathBase = prefix;
        if (origin.Scheme is not null || origin.Host is not null || prefix is not null)
            context.MarkForwarded();
    }
}
