using Ingestion.Api.Auth;
using Ingestion.Silos;

namespace Ingestion.Api.Connections;

/// <summary>What clients have open, and how it is ended.</summary>
internal static class ConnectionsRegistration
{
    public static IServiceCollection AddOpenConnections(this IServiceCollection services)
    {
        services.AddSingleton<DeniedTokens>();
        services.AddSingleton<LiveRequests>();
        services.AddSingleton<OpenConnections>();
        services.AddSingleton<IConnections>(provider => provider.GetRequiredService<OpenConnections>());
        return services.AddHostedService(provider => provider.GetRequiredService<DeniedTokens>());
    }

    /// <summary>Behind authentication: lists each request that has a token for as long as it runs.</summary>
    public static void UseConnections(this WebApplication app)
    {
        var requests = app.Services.GetRequiredService<LiveRequests>();
        // Constructed here: it must be notified of the first change of the deny list.
        app.Services.GetRequiredService<OpenConnections>();
        app.Use(async (context, next) =>
        {
            if (context.User.Identity is not { IsAuthenticated: true })
            {
                await next(context);
                return;
            }

            using var request = requests.Begin(context, TokenIdentity.Of(context.User));
            context.Features.Set(request);
            await next(context);
        });
    }

    /// <summary>The request is an event stream or a poll of this token's user: an operator may end it by the user's name.</summary>
    /// <returns>What to dispose of at its end; null when the request is listed already.</returns>
    public static IDisposable? BeginListening(this LiveRequests requests, HttpContext context, TokenIdentity token)
    {
        if (context.Features.Get<LiveRequest>() is { } known)
        {
            known.IsListening = true;
            return null;
        }

        var request = requests.Begin(context, token);
        request.IsListening = true;
        return request;
    }
}
