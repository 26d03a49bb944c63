using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Ingestion.Api.Auth;
using Ingestion.Api.Connections;
using Ingestion.Api.Http.Connections;
using Ingestion.Api.Http;
using Ingestion.Api.OpenApi;
using Ingestion.Api.Problems;
using Ingestion.Api.RateLimits;
using Ingestion.Api.Status.Sockets;
using Ingestion.Status;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Hosting;

namespace Ingestion.Api.Status.Events;

/// <summary>The journal without a socket: Server-Sent Events, tickets for browsers, and long poll. One cursor for all of them.</summary>
internal static class EventEndpoints
{
    private const int TicketSeconds = 30;
    private const int LongestWait = 60;
    private const int DefaultWait = 25;

    // Seconds.
    private const int LongestStream = 86_400;

    public static void MapEvents(this IEndpointRouteBuilder routes)
    {
        var events = routes.MapGroup("/api/events").WithTags(Tags.Status);
        // A ticket in the query stands for a token here, so the endpoint looks at both itself.
        events.MapGet("", StreamAsync).WithMetadata(new NeededScope(Scopes.Read)).LimitedBy(RateKind.Connect).WithoutHead().DescribeStream();
        events.MapPost("/tickets", IssueTicketAsync).RequireAuthorization(Scopes.Read).LimitedBy(RateKind.Change)
            .TakesAnyQuery().Operation("createEventTicket", "A ticket that lets one EventSource of a browser in.");
        events.MapGet("/poll", PollAsync).RequireAuthorization(Scopes.Read).LimitedBy(RateKind.Connect).WithoutHead().DescribePoll(LongestWait, DefaultWait);
    }

    private static async Task<Created<TicketJson>> IssueTicketAsync(HttpContext context, IGrainFactory grains, Tickets tickets)
    {
        var ticket = tickets.Make();
        var caller = SocketCaller.Of(context.User);
        await grains.GetGrain<ITicketGrain>(ticket).IssueAsync(HolderOf(caller));
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Created((string?)null, new TicketJson(ticket, TicketSeconds));
    }

    private static async Task<Results<EmptyHttpResult, ProblemResult>> StreamAsync(
        HttpContext context, IGrainFactory grains, Tickets tickets, StreamPlaces places, LiveRequests requests, DeniedTokens denied, TimeProvider time,
        IHostApplicationLifetime host, string? ticket, string? video)
    {
        if (await FindHolderAsync(context, grains, tickets, denied, ticket) is not { } holder)
            return TypedResults.Empty;
        using var live = requests.BeginListening(context, IdentityOf(holder));
        // A client that can send a token reconnects with the header by itself. A browser's EventSource would with its ticket, which is used up: the page opens
        // another one.
        var last = context.Request.Headers["Last-Event-ID"].ToString() is { Length: > 0 } header ? header : context.Request.Query["after"].ToString();
        if (!TryReadCursor(last, out var since))
            return Problem.CursorInvalid.ToResult();
        if (video is not null && !MediaId.IsValid(video))
            return Problem.NotFound.ToResult();

        if (!ConnectionTakeover.TryLast(context))
            return (Problem.TooManyConnections with { RetryAfter = AcceptRate.Delay() }).ToResult();
        await using var listener = new JournalListener(grains, holder.User, places.Make());
        if (!await listener.JoinAsync())
        {
            // It has a place of the silo's until it ends.
            CloseAfterwards(context);
            return (Problem.TooManySockets with { RetryAfter = ObserverLease.Time }).ToResult();
        }

        using var expiry = new CancellationTokenSource(LifetimeOf(holder, time), time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, host.ApplicationStopping, expiry.Token);
        await RunAsync(context, new EventStream(context.Response.BodyWriter, listener, time, video), since, end.Token);
        return TypedResults.Empty;
    }

    private static async Task RunAsync(HttpContext context, EventStream stream, Cursor? since, CancellationToken end)
    {
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers["X-Accel-Buffering"] = "no";
        CloseAfterwards(context);
        ConnectionTakeover.EndPromptly(context);
        try
        {
            await stream.BeginAsync(since, end);
            await stream.RunAsync(end);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested || stream.IsStuck)
        {
            // The client has gone, or has to reconnect. A client that does not read gets the end when it reads: nothing waits for that.
            if (stream.IsStuck)
                context.Abort();
        }
    }

    private static void CloseAfterwards(HttpContext context)
    {
        if (HttpProtocol.IsHttp11(context.Request.Protocol))
            context.Response.Headers.Connection = "close";
    }

    /// <summary>Answers at once if there is news, or as soon as there is, or with none when the time is over.</summary>
    private static async Task<Results<PollResult, ProblemResult>> PollAsync(
        HttpContext context, IGrainFactory grains, HeldPolls polls, LiveRequests requests, TimeProvider time, IHostApplicationLifetime host, string? after,
        string? wait)
    {
        using var live = requests.BeginListening(context, TokenIdentity.Of(context.User));
        if (!TryReadCursor(after ?? "", out var since))
            return Problem.CursorInvalid.ToResult();
        if (!int.TryParse(wait ?? $"{DefaultWait}", NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) || seconds > LongestWait)
            return Problem.WaitInvalid.ToResult();
        using var place = polls.TryHold(context.User.UserId(), ClientAddress.Of(context));
        if (place is null)
            return (Problem.TooManyPolls with { RetryAfter = AcceptRate.Delay() }).ToResult();
        await using var listener = new JournalListener(grains, context.User.UserId());
        var start = await listener.StartAsync(since);
        if (start.Mode is SubscriptionMode.Replay && start.Entries.Count == 0 && seconds > 0)
        {
            ConnectionTakeover.WatchPeer(context);
            using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, host.ApplicationStopping);
            start = await WaitAsync(listener, start, TimeSpan.FromSeconds(seconds), time, end.Token);
        }

        context.Response.Headers.CacheControl = "no-store";
        return new PollResult(start);
    }

    private static async Task<Subscription> WaitAsync(
        JournalListener listener, Subscription start, TimeSpan patience, TimeProvider time, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        try
        {
            for (var left = patience; left > TimeSpan.Zero; left = patience - time.GetElapsedTime(began))
            {
                await listener.WaitAsync(left < EventStream.Period ? left : EventStream.Period, cancellationToken);
                var page = await listener.ReadAsync(start.Cursor);
                if (!page.Follows(start.Cursor))
                    return await listener.StartAsync(start.Cursor);
                if (page.Entries.Count > 0)
                    return new Subscription(SubscriptionMode.Replay, page.End, page.Entries);
                await listener.RenewAsync(start.Cursor);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The silo stops, and the client goes to another one; or the client has gone.
        }

        return start;
    }

    private static async Task<TicketHolder?> FindHolderAsync(HttpContext context, IGrainFactory grains, Tickets tickets, DeniedTokens denied, string? ticket)
    {
        // A foreign ticket costs no activation.
        if (ticket is not null && tickets.IsOurs(ticket))
        {
            if (await grains.GetGrain<ITicketGrain>(ticket).RedeemAsync() is { } holder && !denied.Denies(IdentityOf(holder)))
                return holder;
        }
        else if (context.User.Identity is { IsAuthenticated: true })
        {
            var caller = SocketCaller.Of(context.User);
            if (caller is { MayRead: true, SharedVideo: null })
                return HolderOf(caller);
            await context.ForbidAsync();
            return null;
        }

        await context.ChallengeAsync();
        return null;
    }

    private static TicketHolder HolderOf(SocketCaller caller) =>
        new(caller.User, caller.Expires) { TokenNumber = caller.Token.Id, TokenIssued = caller.Token.IssuedAt };

    private static TokenIdentity IdentityOf(TicketHolder holder) => new(holder.User, holder.TokenNumber, Maker: 0, holder.TokenIssued);

    /// <summary>As long as the token lasts; no timer takes a year, and a client that has to come back once a day does not notice.</summary>
    private static TimeSpan LifetimeOf(TicketHolder holder, TimeProvider time)
    {
        var left = DateTimeOffset.FromUnixTimeSeconds(holder.TokenExpires) - time.GetUtcNow();
        return TimeSpan.FromSeconds(Math.Clamp(left.TotalSeconds, 0, LongestStream));
    }

    private static bool TryReadCursor(string text, out Cursor? cursor)
    {
        cursor = null;
        if (text.Length == 0)
            return true;
        if (!Cursor.TryParse(text, out var parsed))
            return false;
        cursor = parsed;
        return true;
    }
}

/// <summary>A journal's answer to one poll: <c>{mode, cursor, events: [CloudEvent]}</c>.</summary>
internal sealed class PollResult(Subscription answer) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.ContentType = "application/json";
        // A page may end before the journal does.
        var last = answer is { Mode: SubscriptionMode.Replay, Entries: [.., { } newest] } ? answer.Cursor with { Offset = newest.Offset } : answer.Cursor;
        await using var json = new Utf8JsonWriter(httpContext.Response.BodyWriter, CloudEventJson.Options);
        json.WriteStartObject();
        json.WriteString("mode", answer.Mode switch { SubscriptionMode.Replay => "replay", SubscriptionMode.Snapshot => "snapshot", _ => "reset" });
        json.WriteString("cursor", last.ToString());
        json.WriteStartArray("events");
        foreach (var entry in answer.Entries)
            CloudEventJson.Write(json, entry.Event, entry.Event.JournalPriority);
        json.WriteEndArray();
        json.WriteEndObject();
    }
}

/// <summary>Lets one EventSource in.</summary>
internal sealed record TicketJson(string Ticket, int ExpiresIn);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, Converters = [typeof(WireTimeConverter)])]
[JsonSerializable(typeof(TicketJson))]
internal sealed partial class EventJsonContext : JsonSerializerContext;
