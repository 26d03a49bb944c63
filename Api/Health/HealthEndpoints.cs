using System.Globalization;
using Ingestion.Api.Problems;
using Ingestion.Api.Status.Sockets;
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
        routes.MapGet("/health/sockets", ProbeSocketsAsync);
    }

    /// <summary>Whether an event gets from a grain to a subscriber of this silo and its acknowledgement back, and in how many milliseconds.</summary>
    private static async Task<IResult> ProbeSocketsAsync(SocketProbe probe, HttpContext context) =>
        await probe.RunAsync(context.RequestAborted) is { } took
            ? TypedResults.Text(string.Create(CultureInfo.InvariantCulture, $"{{\"round_trip_ms\":{took.TotalMilliseconds:0.###}}}"), "application/json")
            : Problem.SocketsSilent.ToResult();

    /// <summary>Ready once the silo takes calls, and until it begins to stop.</summary>
    private static ContentHttpResult Ready(IHostApplicationLifetime host) =>
        host.ApplicationStarted.IsCancellationRequested && !host.ApplicationStopping.IsCancellationRequested
            ? TypedResults.Text("ready")
            : TypedResults.Text("not ready", statusCode: StatusCodes.Status503ServiceUnavailable);
}
