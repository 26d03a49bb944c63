using System.Buffers;
using System.Buffers.Text;
using System.Security.Claims;
using System.Text;
using Ingestion.Api.Auth.Provider;
using Ingestion.Api.Problems;
using Ingestion.Api.RateLimits;
using Ingestion.Api.Status.Framing;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;

namespace Ingestion.Api.Auth;

/// <summary>
/// Where the token is read from, and how a refusal is answered. The token stands in <c>Authorization: Bearer</c>, or on a WebSocket request in the
/// offered subprotocol <c>bearer.&lt;base64url JWT&gt;</c>, as browsers can't set headers there. Never in the query string, where logs would keep it.
/// </summary>
internal sealed class BearerEvents : JwtBearerEvents
{
    public const string SubprotocolPrefix = "bearer.";

    /// <summary>For <c>WWW-Authenticate</c>.</summary>
    public const string InvalidToken = "Bearer error=\"invalid_token\"";

    private const string HeaderPrefix = "Bearer ";

    // As long as the provider's keys are not fetched again: see ProviderKeys.
    private static readonly TimeSpan _retryAfter = ProviderKeys.ShortestInterval;

    public override Task MessageReceived(MessageReceivedContext context)
    {
        var token = ReadToken(context.HttpContext);
        // An empty token is a wrong one. Left to the framework, another scheme than Bearer would count as no token.
        if (token is "")
            context.Fail(TokenRefusedException.Invalid);
        else if (token is null)
            context.NoResult();
        context.Token = token;
        return Task.CompletedTask;
    }

    public override async Task Challenge(JwtBearerChallengeContext context)
    {
        context.HandleResponse();
        var problem = ProblemOf(context.AuthenticateFailure);
        if (problem.Status is StatusCodes.Status401Unauthorized)
            problem = Limit(context.HttpContext) ?? problem;
        if (problem.Status is StatusCodes.Status401Unauthorized)
            context.Response.Headers.WWWAuthenticate = problem == Problem.TokenMissing ? "Bearer" : InvalidToken;
        await problem.ToResult().ExecuteAsync(context.HttpContext);
    }

    public override async Task Forbidden(ForbiddenContext context)
    {
        if (Limit(context.HttpContext) is { } busy)
        {
            await busy.ToResult().ExecuteAsync(context.HttpContext);
            return;
        }

        context.Response.Headers.WWWAuthenticate = NeededScope(context.HttpContext) is { Length: > 0 } scope
            ? $"Bearer error=\"insufficient_scope\", scope=\"{scope}\""
            : "Bearer error=\"insufficient_scope\"";
        await Problem.ScopeMissing.ToResult().ExecuteAsync(context.HttpContext);
    }

    /// <summary>A valid token is never refused for what others at its address send: only refusals count, and only they are limited.</summary>
    private static Problem? Limit(HttpContext context) => context.RequestServices.GetRequiredService<CallerRates>().Take(context, RateKind.Refusal);

    private static Problem ProblemOf(Exception? failure) => failure switch
    {
        null => Problem.TokenMissing,
        TokenRefusedException { Refusal: TokenRefusal.Expired } => Problem.TokenExpired,
        TokenRefusedException { Refusal: TokenRefusal.Revoked } => Problem.TokenRevoked,
        TokenRefusedException { Refusal: TokenRefusal.Unavailable } => Problem.Unavailable with { RetryAfter = _retryAfter },
        _ => Problem.TokenInvalid,
    };

    /// <summary>The scopes that the endpoint's policies name, separated by blanks as RFC 6750 wants them.</summary>
    private static string NeededScope(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata is not { } metadata)
            return "";
        var scopes = metadata.GetMetadata<NeededScope>() is { } needed ? [needed.Scope] : metadata.GetOrderedMetadata<IAuthorizeData>()
            .Select(data => data.Policy);
        return string.Join(' ', scopes.OfType<string>().Select(NameOf).Distinct());
    }

    /// <summary>Of a policy that more than one scope fulfils, the scope to get.</summary>
    private static string NameOf(string policy) => policy switch
    {
        Scopes.Watch => Scopes.Read,
        Scopes.Sharing => Scopes.Share,
        _ => policy,
    };

    private static string? ReadToken(HttpContext context)
    {
        var header = context.Request.Headers.Authorization.ToString();
        if (header.StartsWith(HeaderPrefix, StringComparison.OrdinalIgnoreCase))
            return header[HeaderPrefix.Length..].Trim();
        if (header.Length > 0)
            return "";
        // An upgrade of HTTP/1.1, or the extended CONNECT of HTTP/2. On any other request the field means nothing.
        if (!HandshakeRules.IsAttempt(context))
            return null;
        foreach (var offered in context.WebSockets.WebSocketRequestedProtocols)
        {
            if (offered.StartsWith(SubprotocolPrefix, StringComparison.Ordinal))
                return Decode(offered.AsSpan(SubprotocolPrefix.Length));
        }

        return null;
    }

    private static string Decode(ReadOnlySpan<char> base64Url)
    {
        var bytes = new byte[Base64Url.GetMaxDecodedLength(base64Url.Length)];
        return Base64Url.DecodeFromChars(base64Url, bytes, out _, out var written) is OperationStatus.Done ? Encoding.ASCII.GetString(bytes, 0, written) : "";
    }
}

/// <summary>On an endpoint that looks at the caller itself: the scope that a refused caller lacks.</summary>
/// <param name="Scope">One of <see cref="Scopes"/>.</param>
internal sealed record NeededScope(string Scope);

/// <summary>The caller of a request.</summary>
internal static class CallerExtensions
{
    /// <summary>The user id used everywhere inside, taken from the token.</summary>
    public static string UserId(this ClaimsPrincipal user) =>
        user.FindFirst("sub")?.Value ?? throw new InvalidOperationException("The endpoint lacks its authorisation policy.");

    /// <summary>Whether the token is a share and nothing else. A token that names a video and has scopes of its own acts for its user.</summary>
    public static bool IsGuest(this ClaimsPrincipal user) =>
        user.HasClaim(claim => claim.Type == TokenService.VideoClaim) && user.FindAll("scope").All(scope => scope.Value == Scopes.Share);

    /// <summary>The tenant for which the caller acts; null: none.</summary>
    public static string? Tenant(this ClaimsPrincipal user) => user.FindFirst(TokenService.TenantClaim)?.Value;

    /// <summary>Whether the token's shares may outlast it. The scope of a share itself is no right to give others.</summary>
    public static bool MayGiveShares(this ClaimsPrincipal user) =>
        user.HasClaim("scope", Scopes.Share) && !user.HasClaim(claim => claim.Type == TokenService.VideoClaim);
}
