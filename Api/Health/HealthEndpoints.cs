using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Hosting;

namespace Ingestion.Api.Health;

/// <summary>For load balancers and scripts; the only addresses that need no token.</summary>
internal static class HealthEndpoints
{
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/health/live", () => TypedResults.Text("live"));
        routes.MapGet("/health/ready", Ready);
    }

    /// <summary>Ready once the silo takes calls, and until it begins to stop.</summary>
    private static ContentHttpResult Ready(IHostApplicationLifetime host) =>
        host.ApplicationStarted.IsCancellationRequested && !host.ApplicationStopping.IsCancellationRequested
            ? TypedResults.Text("ready")
            : TypedResults.Text("not ready", statusCode: StatusCodes.Status503ServiceUnavailable);
}
