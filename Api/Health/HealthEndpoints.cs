using System.Globalization;
using Ingestion.Api.OpenApi;
using Ingestion.Api.Problems;
using Ingestion.Api.Status.Sockets;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Ingestion.Api.Health;

/// <summary>For load balancers, scripts and operators; these addresses need no token.</summary>
public static class HealthEndpoints
{
    private static readonly string[] _methods = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>Maps the addresses that every silo has.</summary>
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/health/live", _methods, () => TypedResults.Text("live")).IsProbe()
            .Operation("getLiveness", "The process answers.")
            .Answers(StatusCodes.Status200OK, "live", "text/plain");
        routes.MapMethods("/health/ready", _methods, ReadyAsync).IsProbe().Operation("getReadiness", "Whether the silo takes requests.").DescribeReadiness();
        routes.MapMethods("/health", _methods, ReadyAsync).IsProbe().Operation("getHealth", "The same as /health/ready.").DescribeReadiness();
        routes.MapMethods("/healthz", _methods, ReadyAsync).IsProbe().Operation("getHealthz", "The same as /health/ready.").DescribeReadiness();
        routes.MapMethods("/health/details", _methods, DetailsAsync).IsProbe()
            .Operation("getHealthDetails", "Each check of the silo.")
            .AnswersJson(StatusCodes.Status200OK, typeof(HealthBody));
    }

    /// <summary>Maps the probe of the sockets, in silos that take sockets.</summary>
    internal static void MapSocketHealth(this IEndpointRouteBuilder routes) => routes
        .MapGet("/health/sockets", ProbeSocketsAsync).AllowAnonymous().WithTags(Tags.Health)
        .Operation("probeSockets", "Sends an event through a grain to a socket and back.")
        .AnswersJson(StatusCodes.Status200OK, typeof(RoundTripJson))
        .Refuses(Problem.SocketsSilent);

    // Probes come once a second from every balancer: measured, they would hide what clients see. They end in routing: who asks does not matter here.
    private static RouteHandlerBuilder IsProbe(this RouteHandlerBuilder endpoint)
    {
        endpoint.ShortCircuit();
        return endpoint.AllowAnonymous().WithTags(Tags.Health).DisableHttpMetrics();
    }

    private static void DescribeReadiness(this RouteHandlerBuilder endpoint) => endpoint
        .Answers(StatusCodes.Status200OK, "It does.", "text/plain")
        .Answers(StatusCodes.Status503ServiceUnavailable, "It does not, or not yet.", "text/plain");

    private static async Task<ContentHttpResult> ReadyAsync(HealthCheckService health, HttpContext context)
    {
        var report = await health.CheckHealthAsync(check => check.Tags.Contains(HealthRegistration.Ready), context.RequestAborted);
        // Degraded still takes requests: a store that is unavailable to all silos must not take all of them out.
        return report.Status is HealthStatus.Unhealthy
            ? TypedResults.Text("not ready", statusCode: StatusCodes.Status503ServiceUnavailable)
            : TypedResults.Text("ready");
    }

    /// <summary>Always 200: what is looked at is the silo, not this answer.</summary>
    private static async Task<ContentHttpResult> DetailsAsync(HealthCheckService health, HttpContext context) =>
        TypedResults.Text(HealthDetails.Write(await health.CheckHealthAsync(context.RequestAborted)), "application/json");

    /// <summary>Whether an event gets from a grain to a subscriber of this silo and its acknowledgement back, and in how many milliseconds.</summary>
    private static async Task<IResult> ProbeSocketsAsync(SocketProbe probe, HttpContext context) =>
        await probe.RunAsync(context.RequestAborted) is { } took
            ? TypedResults.Text(string.Create(CultureInfo.InvariantCulture, $"{{\"round_trip_ms\":{took.TotalMilliseconds:0.###}}}"), "application/json")
            : Problem.SocketsSilent.ToResult();
}

/// <summary>How long an event took.</summary>
/// <param name="RoundTripMs">Milliseconds.</param>
internal sealed record RoundTripJson(double RoundTripMs);
