using System.Globalization;
using Ingestion.Api.OpenApi;
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
        var health = routes.MapGroup("/health").WithTags(Tags.Health);
        health.MapGet("/live", () => TypedResults.Text("live")).Operation("getLiveness", "The process answers.").Answers(StatusCodes.Status200OK, "live", "text/plain");
        health.MapGet("/ready", Ready).Operation("getReadiness", "Whether the silo takes requests.")
            .Answers(StatusCodes.Status200OK, "ready", "text/plain").Answers(StatusCodes.Status503ServiceUnavailable, "not ready", "text/plain");
        health.MapGet("/sockets", ProbeSocketsAsync).Operation("probeSockets", "Sends an event through a grain to a socket and back.")
            .AnswersJson(StatusCodes.Status200OK, typeof(RoundTripJson)).Refuses(Problem.SocketsSilent);
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

/// <summary>How long an event took.</summary>
/// <param name="RoundTripMs">Milliseconds.</param>
internal sealed record RoundTripJson(double RoundTripMs);
