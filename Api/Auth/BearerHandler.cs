using System.Security.Claims;
using System.Text;
using System.Text.Encodings.Web;
using Ingestion.Api.Problems;
using Microsoft.AspNetCore.Authentication;
using Microsoft.IdentityModel.Tokens;

namespace Ingestion.Api.Auth;

/// <summary>
/// Takes the token from <c>Authorization: Bearer</c>, or on a WebSocket request from the offered subprotocol <c>bearer.&lt;base64url JWT&gt;</c>,
/// as browsers can't set headers there. Never from the query string, where logs would keep it.
/// </summary>
internal sealed class BearerHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder, TokenService tokens)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    public const string SchemeName = "Bearer";
    public const string SubprotocolPrefix = "bearer.";

    private const string HeaderPrefix = "Bearer ";

    private Problem _refusal = Problem.TokenMissing;

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (ReadToken() is not { } token)
            return Task.FromResult(AuthenticateResult.NoResult());
        var (user, expired) = tokens.Validate(token, SchemeName);
        if (user is not null)
            return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(user, SchemeName)));
        _refusal = expired ? Problem.TokenExpired : Problem.TokenInvalid;
        return Task.FromResult(AuthenticateResult.Fail(_refusal.Title));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers.WWWAuthenticate = _refusal == Problem.TokenMissing ? "Bearer" : "Bearer error=\"invalid_token\"";
        return _refusal.ToResult().ExecuteAsync(Context);
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties)
    {
        Response.Headers.WWWAuthenticate = "Bearer error=\"insufficient_scope\"";
        return Problem.ScopeMissing.ToResult().ExecuteAsync(Context);
    }

    private string? ReadToken()
    {
        var header = Request.Headers.Authorization.ToString();
        if (header.StartsWith(HeaderPrefix, StringComparison.OrdinalIgnoreCase))
            return header[HeaderPrefix.Length..].Trim();
        if (header.Length > 0)
            return "";
        foreach (var offered in Context.WebSockets.WebSocketRequestedProtocols)
        {
            if (offered.StartsWith(SubprotocolPrefix, StringComparison.Ordinal))
                return Decode(offered[SubprotocolPrefix.Length..]);
        }

        return null;
    }

    private static string Decode(string base64Url)
    {
        try
        {
            return Encoding.ASCII.GetString(Base64UrlEncoder.DecodeBytes(base64Url));
        }
        catch (FormatException)
        {
            return "";
        }
    }
}

/// <summary>Who is calling.</summary>
internal static class CallerExtensions
{
    /// <summary>The token's <c>sub</c>: the user id everywhere inside.</summary>
    public static string UserId(this ClaimsPrincipal user) =>
        user.FindFirst("sub")?.Value ?? throw new InvalidOperationException("The endpoint lacks its authorisation policy.");
}
