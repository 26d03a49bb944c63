using System.Security.Claims;
using System.Text.Encodings.Web;
using Ingestion.Api.Problems;
using Microsoft.AspNetCore.Authentication;

namespace Ingestion.Api.Dashboard;

/// <summary>Lets a browser in by its cookie of <see cref="DashboardSessions"/>, and by nothing else: a bearer token does not count here.</summary>
internal sealed class DashboardAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder, DashboardSessions sessions)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    public const string Name = "Dashboard";

    private Problem _problem = Problem.DashboardSessionInvalid;

    protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(Authenticate());

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if (_problem.Status is StatusCodes.Status401Unauthorized)
            Response.Headers.WWWAuthenticate = "Cookie";
        return _problem.ToResult().ExecuteAsync(Context);
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) => HandleChallengeAsync(properties);

    private AuthenticateResult Authenticate()
    {
        if (Request.Cookies[DashboardSessions.Cookie] is not { } cookie || IsOfAnotherPage(Request))
            return AuthenticateResult.NoResult();
        var (verdict, user) = sessions.Judge(cookie);
        if (verdict is SessionVerdict.Valid)
            return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(new ClaimsIdentity([new Claim("sub", user)], Name)), Name));
        if (verdict is SessionVerdict.Unknown)
            _problem = Problem.Unavailable;
        return AuthenticateResult.NoResult();
    }

    /// <summary>The cookie is not sent for pages of other sites. Those of other hosts of the same site are kept out here: browsers name the origin.</summary>
    private static bool IsOfAnotherPage(HttpRequest request) => request.Headers["Sec-Fetch-Site"] is [{ } from] && from is not ("same-origin" or "none");
}
