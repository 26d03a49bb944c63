using Ingestion.Api.Admin;
using Ingestion.Api.Admission;
using Ingestion.Api.Audit;
using Ingestion.Api.Auth;
using Ingestion.Api.Connections;
using Ingestion.Api.Console;
using Ingestion.Api.Creations;
using Ingestion.Api.Dashboard;
using Ingestion.Api.Freezes;
using Ingestion.Api.Health;
using Ingestion.Api.Http;
using Ingestion.Api.OpenApi;
using Ingestion.Api.Problems;
using Ingestion.Api.RateLimits;
using Ingestion.Api.Status.Events;
using Ingestion.Api.Status.Sockets;
using Ingestion.Api.Stopping;
using Ingestion.Api.Uploads;
using Ingestion.Api.Uploads.Tus;
using Ingestion.Api.Videos;
using Ingestion.Api.Videos.Links;
using Ingestion.Api.Webhooks;

namespace Ingestion.Api;

/// <summary>The edge: everything a client can reach.</summary>
public static class IngestionApi
{
    /// <summary>Registers the edge's services.</summary>
    public static IServiceCollection AddIngestionApi(this IServiceCollection services) =>
        services.AddSingleton<AuditLog>().AddSingleton<DeadLetterReplay>().AddSingleton<EachSilo>().AddCreationKeys().AddUploads().AddShares().AddMediaLinks()
            .AddProblems().AddPublicHttp().AddJsonAnswers().AddBearerTokens().AddRateLimits().AddMemoryAdmission().AddStatus().AddOpenConnections()
            .AddApiDocument().AddConsole().AddDashboardSessions();

    /// <summary>Maps every address.</summary>
    public static WebApplication MapIngestionApi(this WebApplication app)
    {
        // A token key that can't be used stops the start, not the first request.
        app.Services.GetRequiredService<TokenService>();
        app.UseRequestIds();
        app.UseLingeringClose();
        app.UseLastRequests();
        app.UseProblems();
        app.UseTransferCodings();
        app.UseTusResumable();
        app.UsePublicHttp();
        app.UseRoutingOfGeneralMethods();
        app.UseRequestCounting();
        app.UseFreezeGuard();
        app.UseWebSockets();
        app.UseVisibleRefusals();
        app.UseAuthentication();
        app.UseConnections();
        app.UseAuthorization();
        app.UseMemoryAdmission();
        app.UseRateLimits();
        app.UsePreconditions();
        app.UseContentCodings();
        app.UseQueryParameters();
        app.MapUploads();
        app.MapVideos();
        app.MapStatus();
        app.MapEvents();
        app.MapWebhooks();
        app.MapAdmin();
        app.MapSocketHealth();
        app.MapProblemTypes();
        app.MapApiDocument();
        app.MapConsole();
        return app;
    }
}
