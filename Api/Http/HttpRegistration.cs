using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.Hosting;

namespace Ingestion.Api.Http;

/// <summary>What holds for every request: the proxies it came through, the page that sent it, the method it means.</summary>
public static class HttpRegistration
{
    /// <summary>What holds for the answers of silos of every role.</summary>
    public static IServiceCollection AddSafeAnswers(this IServiceCollection services)
    {
        services.AddOptions<HttpOptions>().BindConfiguration("Ingestion:Http").ValidateDataAnnotations().ValidateOnStart();
        return services.AddSingleton<IStartupFilter, SafeAnswers>();
    }

    internal static IServiceCollection AddPublicHttp(this IServiceCollection services)
    {
        services.AddCors();
        services.AddOptions<CorsOptions>().Configure<IOptions<HttpOptions>>((cors, http) => Cors.Configure(cors, http.Value));
        return services;
    }

    /// <summary>Before routing. Answers of every kind get their CORS fields, refusals too.</summary>
    internal static void UsePublicHttp(this IApplicationBuilder app)
    {
        app.UseMiddleware<ProxiedRequest>();
        app.UseCors();
        app.UseMethodOverride();
    }
}
