using Ingestion.Api.Auth.Provider;
using Ingestion.Doctor;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Hosting;
using Microsoft.IdentityModel.Protocols;

namespace Ingestion.Api.Auth;

/// <summary>Bearer tokens and scopes.</summary>
public static partial class AuthRegistration
{
    internal const string Scheme = JwtBearerDefaults.AuthenticationScheme;

    /// <summary>One policy a scope, under the scope's name.</summary>
    public static IServiceCollection AddBearerTokens(this IServiceCollection services)
    {
        services.AddTokenKeys();
        services.AddSingleton<IDocumentRetriever, ProviderDocuments>();
        services.AddSingleton<ProviderKeys>();
        services.AddSingleton<TokenRefusals>();
        services.AddSingleton(provider => new TokenService(
            provider.GetRequiredService<TokenOptions>(),
            provider.GetRequiredService<TokenKeys>(),
            provider.GetRequiredService<ProviderKeys>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<TokenRefusals>(),
            provider.GetService<DeniedTokens>()));
        services.AddHostedService<ProviderWarmUp>();
        return services.AddBearerScheme().AddScopePolicies();
    }

    internal static IServiceCollection AddTokenKeys(this IServiceCollection services)
    {
        services.AddOptions<TokenOptions>().BindConfiguration("Ingestion:Token").ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<TokenOptions>>().Value);
        return services.AddSingleton(LoadKeys);
    }

    /// <summary>For the command line, which checks no token.</summary>
    public static IServiceCollection AddTokenKeyExamination(this IServiceCollection services)
    {
        services.AddOptions<TokenOptions>().BindConfiguration("Ingestion:Token").ValidateDataAnnotations();
        return services.AddSingleton<IExamination, TokenKeyExamination>();
    }

    /// <summary>The same for a silo that checks tokens. Behind the key's, which has the options.</summary>
    public static IServiceCollection AddProviderExamination(this IServiceCollection services) =>
        services.AddSingleton<IDocumentRetriever, ProviderDocuments>().AddSingleton<IExamination, ProviderExamination>();

    private static IServiceCollection AddBearerScheme(this IServiceCollection services)
    {
        // The core alone: AddAuthentication would bring data protection along, which keeps keys on disk that nothing here uses.
        services.AddAuthenticationCore(authentication =>
        {
            authentication.AddScheme<JwtBearerHandler>(Scheme, displayName: null);
            authentication.DefaultScheme = Scheme;
        });
        services.AddOptions<JwtBearerOptions>(Scheme).Configure<TokenService>((bearer, tokens) =>
        {
            bearer.TokenHandlers.Clear();
            bearer.TokenHandlers.Add(new BearerTokenHandler(tokens));
            bearer.Events = new BearerEvents();
            bearer.SaveToken = false;
        });
        return services.AddWebEncoders().AddTransient<JwtBearerHandler>();
    }

    private static IServiceCollection AddScopePolicies(this IServiceCollection services)
    {
        var authorization = services.AddAuthorizationBuilder();
        foreach (var scope in Scopes.All)
            authorization.AddPolicy(scope, policy => policy.RequireAuthenticatedUser().RequireClaim("scope", scope));
        // It is of no tenant without one.
        authorization.AddPolicy(Scopes.Tenant, policy => policy.RequireAuthenticatedUser().RequireClaim("scope", Scopes.Tenant)
            .RequireClaim(TokenService.TenantClaim));
        authorization.AddPolicy(Scopes.Sharing, policy => policy.RequireAuthenticatedUser().RequireAssertion(context =>
            context.User.HasClaim("scope", Scopes.Read) || context.User.MayGiveShares()));
        // A share without its video would be one of everything.
        authorization.AddPolicy(Scopes.Watch, policy => policy.RequireAuthenticatedUser().RequireAssertion(context =>
            context.User.HasClaim("scope", Scopes.Read)
                || (context.User.HasClaim("scope", Scopes.Share) && context.User.HasClaim(claim => claim.Type == TokenService.VideoClaim))));
        return services;
    }

    private static TokenKeys LoadKeys(IServiceProvider provider)
    {
        var options = provider.GetRequiredService<TokenOptions>();
        var keys = new TokenKeys(SigningKey.Load(options, mayCreate: provider.GetRequiredService<IHostEnvironment>().IsDevelopment()),
            SigningKey.LoadSecond(options));
        var logger = provider.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(AuthRegistration));
        foreach (var file in SigningKey.ExposedFiles(options))
            LogKeyExposed(logger, file);
        return keys;
    }

    [LoggerMessage(EventName = "KeyFileExposed", Level = LogLevel.Warning,
        Message = "The key file {File} can be read or written by others than its owner: chmod 600 it")]
    private static partial void LogKeyExposed(ILogger logger, string file);
}
