using Ingestion.Api.Connections;
using Ingestion.Api.Http.Connections;
using Ingestion.Api.Problems;
using Ingestion.Api.Status.Broadcasts;
using Ingestion.Api.Status.Channels;
using Ingestion.Api.Status.Sockets;
using Ingestion.Status;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Hosting;

namespace Ingestion.Api.Status.Events;

/// <summary>The journal by Server-Sent Events.</summary>
internal static class StreamEndpoint
{
    // Seconds. No timer takes a year, and a client that has to come back once a day does not notice.
    private const int LongestStream = 86_400;

    public static async Task<Results<EmptyHttpResult, ProblemResult>> StreamAsync(
        HttpContext context, IGrainFactory grains, EventCallers callers, StreamPlaces places, LiveRequests requests, OwnVideos videos, BroadcastHub hub,
        AcceptRate rate, SocketOptions options, TimeProvider time, IHostApplicationLifetime host, string? ticket)
    {
        if (await callers.FindAsync(context, ticket) is not { } caller)
            return TypedResults.Empty;
        using var live = requests.BeginListening(context, caller.Token);
        // A client that can send a token reconnects with the header by itself. A browser's EventSource would with its ticket, which is used up: the page opens
        // another one.
        var last = context.Request.Headers["Last-Event-ID"].ToString() is { Length: > 0 } header ? header : context.Request.Query["after"].ToString();
        var (request, refusal) = await EventRequest.ReadAsync(context, caller, grains, videos, last);
        if (request is null)
            return refusal!;
        if (rate.Take() is { } delay)
            return (Problem.TooManyConnections with { RetryAfter = delay }).ToResult();
        if (!ConnectionTakeover.TryLast(context))
            return (Problem.TooManyConnections with { RetryAfter = AcceptRate.Delay() }).ToResult();
        await using var listener = new JournalListener(grains, caller.User, caller.Audience, request.Channels.Videos, places.Make(caller))
        {
            Media = request.Media,
        };
        if (!await listener.JoinAsync())
        {
            // It has a place of the silo's until it ends.
            CloseAfterwards(context);
            return (Problem.TooManySockets with { RetryAfter = ObserverLease.Time }).ToResult();
        }

        using var broadcasts = await hub.WatchAsync(request.Channels.Broadcasts, listener.Wake);
        if (!await callers.BeginAsync(context, ticket))
            return TypedResults.Empty;
        var (lifetime, endsWithToken) = LifetimeOf(caller, time);
        using var expiry = new CancellationTokenSource(lifetime, time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, host.ApplicationStopping, expiry.Token);
        var heartbeat = new StreamHeartbeat(request.Heartbeat, ShowsPlace: ticket is not null);
        var stream = new EventStream(context.Response.BodyWriter, listener, broadcasts, heartbeat, time, () => caller.MayStayAsync(grains));
        await RunAsync(context, stream, request.Since, () => EndOf(host, expiry, endsWithToken, options), end.Token);
        return TypedResults.Empty;
    }

    private static async Task RunAsync(HttpContext context, EventStream stream, EventPlace? since, Func<StreamEnd> interrupted, CancellationToken end)
    {
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers["X-Accel-Buffering"] = "no";
        CloseAfterwards(context);
        ConnectionTakeover.EndPromptly(context);
        StreamEnd? why = null;
        try
        {
            await stream.BeginAsync(since, end);
            why = await stream.RunAsync(end) is { } code ? new StreamEnd(code) : null;
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested || stream.IsStuck)
        {
            // The client has gone, or has to reconnect. A client that does not read gets the end when it reads: nothing waits for that.
            if (stream.IsStuck)
                context.Abort();
            else if (!context.RequestAborted.IsCancellationRequested)
                why = interrupted();
        }

        if (why is { } known && !await stream.TryEndAsync(known, context.RequestAborted))
            context.Abort();
    }

    /// <summary>Why a stream that could go on does not.</summary>
    private static StreamEnd EndOf(IHostApplicationLifetime host, CancellationTokenSource expiry, bool endsWithToken, SocketOptions options)
    {
        if (host.ApplicationStopping.IsCancellationRequested || !expiry.IsCancellationRequested)
            return new StreamEnd(CloseCode.Drain, Random.Shared.Next(options.DrainSpreadSeconds * 1000));
        return endsWithToken
            ? new StreamEnd(CloseCode.TokenExpired)
            : new StreamEnd(CloseCode.Rebalance, Random.Shared.Next(options.DrainSpreadSeconds * 1000));
    }

    private static void CloseAfterwards(HttpContext context)
    {
        if (HttpProtocol.IsHttp11(context.Request.Protocol))
            context.Response.Headers.Connection = "close";
    }

    /// <summary>Decided here and not at the end: a timer may fire a moment early.</summary>
    private static (TimeSpan Lifetime, bool EndsWithToken) LifetimeOf(SocketCaller caller, TimeProvider time)
    {
        var left = (DateTimeOffset.FromUnixTimeSeconds(caller.Expires) - time.GetUtcNow()).TotalSeconds;
        return (TimeSpan.FromSeconds(Math.Clamp(left, 0, LongestStream)), left <= LongestStream);
    }
}
