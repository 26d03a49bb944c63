using System.Text.Json;
using System.Text.Json.Serialization;
using Ingestion.Api.Audit;
using Ingestion.Api.Http;
using Ingestion.Api.OpenApi;
using Ingestion.Api.Problems;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ingestion.Api.Dashboard;

/// <summary>The way into Orleans' dashboard.</summary>
internal static class DashboardEndpoints
{
    public static IServiceCollection AddDashboardSessions(this IServiceCollection services)
    {
        services.AddOptions<DashboardOptions>().BindConfiguration("Ingestion:Dashboard");
        services.Configure<AuthenticationOptions>(
            authentication => authentication.AddScheme<DashboardAuthentication>(DashboardAuthentication.Name, displayName: null));
        return services.AddTransient<DashboardAuthentication>().AddSingleton<DashboardSessions>();
    }

    public static void MapDashboardSession(this RouteGroupBuilder admin) => admin.MapPost("/dashboard/session", OpenAsync)
        .Operation("openDashboard", "Lets this browser open Orleans' dashboard for half an hour, by a cookie that is good for nothing else.")
        .WithAnswerFields(new AnswerField("Set-Cookie", "The session, for the dashboard alone.", StatusCodes.Status200OK))
        .Refuses(Problem.DashboardOff);

    private static Results<Ok<DashboardSessionJson>, ProblemResult> OpenAsync(
        HttpContext context, IOptions<DashboardOptions> options, DashboardSessions sessions, AuditLog audit)
    {
        if (!options.Value.Enabled)
            return Problem.DashboardOff.ToResult();
        var (session, expires) = sessions.Begin(context.User);
        var path = RootOf(context) + DashboardGuard.Path;
        context.Response.Cookies.Append(DashboardSessions.Cookie, session, new CookieOptions
        {
            Path = path, Expires = expires, HttpOnly = true, Secure = context.Request.IsHttps, SameSite = SameSiteMode.Strict, IsEssential = true,
        });
        context.Response.Headers.CacheControl = "no-store";
        audit.Write(context, AuditAct.DashboardOpened, DashboardGuard.Path, $"until={expires:O}");
        return TypedResults.Ok(new DashboardSessionJson(path + "/", expires));
    }

    /// <summary>What paths begin with for clients: a proxy may have taken something away in front.</summary>
    private static string RootOf(HttpContext context) =>
        context.LinkRoot() is { Length: > 0 } root ? new Uri(root).AbsolutePath.TrimEnd('/') : context.Request.PathBase.ToString();
}

/// <summary>A session at the dashboard.</summary>
/// <param name="Address">The path of its page.</param>
/// <param name="ExpiresAt">When the session ends.</param>
internal sealed record DashboardSessionJson(string Address, DateTimeOffset ExpiresAt);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, Converters = [typeof(WireTimeConverter)])]
[JsonSerializable(typeof(DashboardSessionJson))]
internal sealed partial class DashboardJson : JsonSerializerContext;
