using Microsoft.AspNetCore.Cors.Infrastructure;

namespace Ingestion.Api.Http;

/// <summary>What holds for every request: the proxies it came through, the page that sent it, the method it means.</summary>
internal static class HttpRegistration
{
    public static IServiceCollection AddPublicHttp(this IServiceCollection services)
    {
        services.AddOptions<HttpOptions>().BindConfiguration("Ingestion:Http").ValidateDataAnnotations().ValidateOnStart();
        services.AddCors();
        services.AddOptions<CorsOptions>().Configure<IOptions<HttpOptions>>((cors, http) => Cors.Configure(cors, http.Value));
        return services;
    }

    /// <summary>Before routing. Answers of every kind get their CORS fields, refusals too.</summary>
    public static void UsePublicHttp(this IApplicationBuilder app)
    {
        app.UseMiddleware<ProxiedRequest>();
        app.UseCors();
        app.UseMethodOverride();
    }
}
