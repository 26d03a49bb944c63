using System.Text.Json;
using System.Text.Json.Serialization;
using Ingestion.Api.Admission;
using Ingestion.Api.Auth;
using Ingestion.Api.Http;
using Ingestion.Api.OpenApi;
using Ingestion.Api.RateLimits;
using Ingestion.Api.Status.Sockets;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ingestion.Api.Status.Events;

/// <summary>The journal without a socket: Server-Sent Events, tickets for browsers, long poll, and its history. One cursor for all of them.</summary>
internal static class EventEndpoints
{
    private const int TicketSeconds = 30;

    public static void MapEvents(this IEndpointRouteBuilder routes)
    {
        var events = routes.MapGroup("/api/events").WithTags(Tags.Status);
        // A ticket in the query stands for a token here, so the endpoint looks at both itself.
        events.MapGet("", StreamEndpoint.StreamAsync).WithMetadata(new NeededScope(Scopes.Read)).IsNewWork(NewWork.Subscriber)
            .LimitedBy(RateKind.Connect).WithoutHead().DescribeStream();
        events.MapPost("/tickets", IssueTicketAsync).RequireAuthorization(Scopes.Watch).LimitedBy(RateKind.Change)
            .TakesAnyQuery().Operation("createEventTicket", "A ticket that lets one EventSource of a browser in.");
        events.MapGet("/poll", PollEndpoint.PollAsync).RequireAuthorization(Scopes.Watch).IsNewWork(NewWork.Subscriber)
            .LimitedBy(RateKind.Connect).WithoutHead().DescribePoll();
        events.MapGet("/history", HistoryEndpoint.ReadAsync).RequireAuthorization(Scopes.Watch).LimitedBy(RateKind.Connect).DescribeHistory();
    }

    private static async Task<Created<TicketJson>> IssueTicketAsync(HttpContext context, EventCallers callers)
    {
        var ticket = await callers.IssueAsync(SocketCaller.Of(context.User));
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Created((string?)null, new TicketJson(ticket, TicketSeconds));
    }
}

/// <summary>Lets one EventSource in.</summary>
internal sealed record TicketJson(string Ticket, int ExpiresIn);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, Converters = [typeof(WireTimeConverter)])]
[JsonSerializable(typeof(TicketJson))]
internal sealed partial class EventJsonContext : JsonSerializerContext;
