using Microsoft.Extensions.Hosting;

namespace Ingestion.Api.Auth;

/// <summary>Bearer tokens and scopes.</summary>
public static class AuthRegistration
{
    /// <summary>One policy a scope, under the scope's name.</summary>
    public static IServiceCollection AddBearerTokens(this IServiceCollection services)
    {
        services.AddOptions<TokenOptions>().BindConfiguration("Ingestion:Token").ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<TokenRefusals>();
        services.AddSingleton(provider =>
        {
            var options = provider.GetRequiredService<IOptions<TokenOptions>>().Value;
            var development = provider.GetRequiredService<IHostEnvironment>().IsDevelopment();
            return new TokenService(options, SigningKey.Load(options, mayCreate: development), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<TokenRefusals>());
        });
        // The core alone: AddAuthentication would bring data protection along, which keeps keys on disk that nothing here uses.
        services.AddAuthenticationCore(authentication =>
        {
            authentication.AddScheme<BearerHandler>(BearerHandler.SchemeName, displayName: null);
            authentication.DefaultScheme = BearerHandler.SchemeName;
        });
        services.AddWebEncoders().AddTransient<BearerHandler>();
        var authorization = services.AddAuthorizationBuilder();
        foreach (var scope in Scopes.All)
            authorization.AddPolicy(scope, policy => policy.RequireAuthenticatedUser().RequireClaim("scope", scope));
        // A share without its video would be one of everything.
        authorization.AddPolicy(Scopes.Watch, policy => policy.RequireAuthenticatedUser().RequireAssertion(context =>
            context.User.HasClaim("scope", Scopes.Read) || (context.User.HasClaim("scope", Scopes.Share) && context.User.HasClaim(claim => claim.Type == TokenService.VideoClaim))));
        return services;
    }
}
