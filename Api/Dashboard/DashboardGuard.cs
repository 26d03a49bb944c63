using System.Collections.Frozen;
using Ingestion.Api.Admin;
using Ingestion.Api.Problems;
using Microsoft.AspNetCore.Authorization;

namespace Ingestion.Api.Dashboard;

/// <summary>What stands before Orleans' dashboard: who may open it, which parts of it there are, and what its page may do in a browser.</summary>
public static class DashboardGuard
{
    /// <summary>Where it is.</summary>
    public const string Path = "/dashboard";

    // Everything of it is of this silo. Its page has styles in elements, and the drawing of the life cycle a sheet; icons of its style sheet are a font inside it.
    private const string Policy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self' data:; img-src 'self' data:; "
        + "connect-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'";

    // All of it that changes nothing and shows no content. Missing on purpose: /GrainState, which calls methods of any grain and shows what they return, and
    // /Trace, which shows the log. What a later version adds is not there either, until it was looked at.
    private static readonly FrozenSet<string> _allowed = new[]
    {
        "/", "/index.html", "/index.min.js", "/index.css", "/favicon.ico", "/fonts/{**path}", "/img/{**path}",
        "/version", "/DashboardCounters", "/ClusterStats", "/Reminders", "/Reminders/{page:int}", "/GrainStats/{*grainName}", "/TopGrainMethods",
        "/LifecycleStages", "/GrainTypes",
    }.ToFrozenSet(StringComparer.Ordinal);

    // Of one silo, whose address is the rest of the path.
    private static readonly FrozenSet<string> _ofSilos = new[]
    {
        "/HistoricalStats/{*path}", "/SiloProperties/{*address}", "/SiloMetadata/{*address}", "/SiloStats/{*address}", "/SiloCounters/{*address}",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Guards all endpoints of the dashboard, which are below <see cref="Path"/>.</summary>
    public static void Guard(this RouteGroupBuilder dashboard)
    {
        dashboard.ExcludeFromDescription();
        dashboard.RequireAuthorization(new AuthorizationPolicyBuilder(DashboardAuthentication.Name).RequireAuthenticatedUser().Build());
        dashboard.AddEndpointFilter((invocation, next) =>
        {
            var context = invocation.HttpContext;
            if (!IsShown(context))
                return ValueTask.FromResult<object?>(Problem.NotFound.ToResult());
            var headers = context.Response.Headers;
            headers.ContentSecurityPolicy = Policy;
            headers["Referrer-Policy"] = "no-referrer";
            headers["Cross-Origin-Resource-Policy"] = "same-origin";
            headers.CacheControl = "no-store";
            return next(invocation);
        });
    }

    private static bool IsShown(HttpContext context) => HttpMethods.IsGet(context.Request.Method) && Pattern(context) is { } pattern
        && (_allowed.Contains(pattern) || (_ofSilos.Contains(pattern) && IsOfAnActiveSilo(context)));

    /// <summary>Orleans would make a grain for whatever stands in the place of an address.</summary>
    private static bool IsOfAnActiveSilo(HttpContext context) =>
        context.Request.RouteValues.Values.SingleOrDefault() is string silo && context.RequestServices.GetRequiredService<EachSilo>().Find(silo) is not null;

    /// <summary>That of the endpoint, below <see cref="Path"/>.</summary>
    private static string? Pattern(HttpContext context) =>
        context.GetEndpoint() is RouteEndpoint { RoutePattern.RawText: { } pattern } && pattern.StartsWith(Path, StringComparison.Ordinal)
            ? pattern[Path.Length..] is { Length: > 0 } inside ? inside : "/"
            : null;
}
