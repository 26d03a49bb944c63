using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using Ingestion.Api.Audit;
using Ingestion.Api.Auth;
using Ingestion.Api.Http;
using Ingestion.Api.Problems;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Hosting;
using Microsoft.IdentityModel.JsonWebTokens;

namespace Ingestion.Api.Console;

/// <summary>
/// In Development a link at start signs in to the console. It has a ticket and no token, in the fragment, which a browser sends to no server. The page
/// exchanges the ticket for a token: once, within ten minutes, from this machine. In other environments there is neither link nor address.
/// </summary>
internal static partial class SignInLink
{
    // Who reads the log of a silo on this machine can read its key too: ./dev token makes any token.
    private const string User = "you";

    private const int LongestRequest = 1024;

    private static readonly string[] _scopes = [.. Scopes.Default, Scopes.Admin];
    private static readonly TimeSpan _lifetime = TimeSpan.FromHours(8);

    public static void MapSignInLink(this WebApplication app)
    {
        if (!app.Environment.IsDevelopment())
            return;
        app.MapPost("/console/session", SignInAsync).AllowAnonymous().ExcludeFromDescription();
        var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(SignInLink));
        app.Lifetime.ApplicationStarted.Register(() =>
        {
            var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses;
            if (addresses?.FirstOrDefault() is not { } address)
                return;
            var link = $"{OfThisMachine(address)}/#ticket={app.Services.GetRequiredService<SignInTicket>().Text}";
            LogLink(logger, link, User, SignInTicket.Lifetime.TotalMinutes);
        });
    }

    private static async Task<IResult> SignInAsync(
        HttpContext context, SignInTicket ticket, TokenService tokens, IOptions<TokenOptions> options, AuditLog audit)
    {
        var (wanted, invalid, where) = await JsonBody.ReadAsync(context.Request, SignInJsonContext.Default.SignInJson, LongestRequest);
        if (wanted is null)
            return invalid!.ToResult(where);
        if (!IsOfThisMachine(context.Connection) || !ticket.TryUse(wanted.Ticket))
            return Problem.NotFound.ToResult();
        var lifetime = options.Value.MaxLifetime is { } longest && longest < _lifetime ? longest : _lifetime;
        var token = tokens.Mint(User, _scopes, lifetime);
        audit.Write(context, AuditAct.TokenMinted, new JsonWebToken(token).Id, $"sub={User} scopes={string.Join(',', _scopes)} by the link at start");
        return TypedResults.Json(new SignedInJson(token), SignInJsonContext.Default.SignedInJson);
    }

    private static bool IsOfThisMachine(ConnectionInfo connection) =>
        connection.RemoteIpAddress is { } remote && (IPAddress.IsLoopback(remote) || remote.Equals(connection.LocalIpAddress));

    /// <summary>A silo that listens on all addresses is reached by the loopback's.</summary>
    private static string OfThisMachine(string address)
    {
        var binding = BindingAddress.Parse(address);
        return binding.Host is "+" or "*" or "0.0.0.0" or "[::]" ? $"{binding.Scheme}://127.0.0.1:{binding.Port}" : address;
    }

    [LoggerMessage(EventName = "ConsoleLink", Level = LogLevel.Information,
        Message = "Console: {Link} signs in as {User}, once, within {Minutes} minutes, on this machine")]
    private static partial void LogLink(ILogger logger, string link, string user, double minutes);
}

/// <summary>A sign-in.</summary>
/// <param name="Ticket">Of the link.</param>
internal sealed record SignInJson(string? Ticket);

/// <summary>A session.</summary>
/// <param name="Token">A bearer token.</param>
internal sealed record SignedInJson(string Token);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(SignInJson))]
[JsonSerializable(typeof(SignedInJson))]
internal sealed partial class SignInJsonContext : JsonSerializerContext;
